import BelayEngine
import Glibc

/// Small files beside the database, written whole or not at all.
enum SideFile {
    /// All bytes, `nil` if the file cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Replaces the file: a temporary one, synced, renamed over it, and the folder synced.
    static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o644
    ) throws(StoreError) {
        let temporary = path + ".new"
        try create(bytes, at: temporary, mode: mode)
        guard rename(temporary, path) == 0 else { throw .broken("\(path): \(SystemFailure.last)") }
        try syncFolder(of: path)
    }

    /// Makes a file empty that only its owner reads, before anything is in it.
    static func makePrivate(_ path: String) throws(StoreError) -> String {
        try create([], at: path, mode: 0o600)
        return path
    }

    private static func create(
        _ bytes: [UInt8], at path: String, mode: mode_t
    ) throws(StoreError) {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw failure(path) }
    }

    private static func syncFolder(of path: String) throws(StoreError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    private static func failure(_ path: String) -> StoreError {
        errno == ENOSPC ? .full : .broken("\(path): \(SystemFailure.last)")
    }
}
