import BelayEngine
import Glibc
import JSON

/// An advisory lock beside the database that lasts as long as the process, with who holds it.
final class LockFile: Sendable {
    private let descriptor: Int32

    /// Takes the lock or says who has it.
    init(path: String, boot: String) throws(StoreError) {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .broken("\(path): \(SystemFailure.last)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = SideFile.read(path).map { String(decoding: $0, as: UTF8.self) }
            close(descriptor)
            throw .inUse(holder ?? path)
        }
        announce(boot: boot, address: nil)
    }

    deinit { close(descriptor) }

    /// Gives the lock up before the process ends.
    func release() { flock(descriptor, LOCK_UN) }

    /// Writes who holds the lock and where its API is, for commands that would rather talk to it.
    func announce(boot: String, address: String?) {
        var object: JSONObject = ["boot": .string(boot), "pid": .integer(Int64(getpid()))]
        object["address"] = address.map(JSONValue.string)
        let bytes = Array(JSONValue.object(object).text().utf8) + [0x0a]
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}

/// The words of the system for the last failed call.
enum SystemFailure {
    static var last: String { String(cString: strerror(errno)) }
}
