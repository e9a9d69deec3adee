import Glibc

/// Files that only their owner may read.
package enum PrivateFile {
    /// Why a file could not be made.
    package struct Failure: Error, Sendable, Hashable {
        /// The system's own number for it.
        package var code: Int32

        package var message: String { String(cString: strerror(code)) }
    }

    /// Makes a file that is not there yet, mode 0600, written and synced whole; of one that cannot be, nothing is left.
    package static func make(_ bytes: [UInt8], at path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw undone(path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw undone(path) }
    }

    private static func undone(_ path: String) -> Failure {
        let failure = Failure(code: errno)
        unlink(path)
        return failure
    }
}
