import Glibc
import JSON

/// The file beside a journal that says who may speak for themselves: names, roles and hashes of tokens.
package struct PeopleFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The file's place beside a journal.
    package static func path(beside journal: String) -> String { journal + ".people" }

    /// Why the file cannot be used.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String
    }

    /// Which state of the file was read: another one has another stamp.
    struct Stamp: Sendable, Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    /// The stamp of the file as it is, nil if there is none.
    var stamp: Stamp? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Stamp(
            inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: info.st_mtim.tv_sec,
            nanoseconds: info.st_mtim.tv_nsec)
    }

    /// All tokens, in the order in which they were made; none if there is no file.
    package func read() throws(Problem) -> [PersonToken] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw failure("cannot be read")
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("cannot be read") }
        guard info.st_mode & 0o077 == 0 else {
            throw Problem(message: "\(path) can be read or written by others: chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        guard Glibc.read(descriptor, &bytes, bytes.count) == bytes.count else {
            throw failure("cannot be read")
        }
        let tokens = (try? JSONParser.parse(bytes))?["tokens"]?.arrayValue?.map(PersonToken.init)
        let read = tokens?.compactMap(\.self)
        guard let tokens, let read, read.count == tokens.count else {
            throw Problem(message: "\(path) is not what `belay token` writes")
        }
        return read
    }

    /// Puts these tokens in place of those that are there, all or nothing.
    package func write(_ tokens: [PersonToken]) throws(Problem) {
        let document: JSONValue = [
            "schema_version": "1.0", "tokens": .array(tokens.map(\.json)),
        ]
        let bytes = Array((document.pretty() + "\n").utf8)
        let new = path + ".new"
        do throws(PrivateFile.Failure) { try PrivateFile.make(bytes, at: new) } catch {
            throw error.code == EEXIST
                ? Problem(message: "\(new) is there: another command writes it, or was cut off")
                : Problem(message: "\(path) cannot be written: \(error.message)")
        }
        guard rename(new, path) == 0 else {
            let problem = failure("cannot be written")
            unlink(new)
            throw problem
        }
    }

    /// Reads, changes and writes while no other process or task does; the answer is what was read. What stays as it
    /// was is not written.
    package func change(
        _ body: ([PersonToken]) -> [PersonToken]
    ) throws(Problem) -> [PersonToken] {
        let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw failure("cannot be locked")
        }
        defer { close(descriptor) }
        let tokens = try read()
        let changed = body(tokens)
        if changed != tokens { try write(changed) }
        return tokens
    }

    private func failure(_ what: String) -> Problem {
        Problem(message: "\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
