package import BelayEngine
import GRDB
import Glibc

/// Copies of a store: made beside a running daemon, and put back when none runs.
package enum StoreCopy {
    /// Writes a whole copy of the database and of what verifies it. The signing key is not copied: a backup must not be
    /// able to sign.
    package static func backup(_ path: String, to copy: String) throws(StoreError) {
        let log = try AuditLog(path: path)
        guard !SideFile.exists(copy) else { throw .exists(copy) }
        try log.copy(to: try SideFile.makePrivate(copy + ".new"))
        for (from, to) in [
            (log.files.verifiers, StoreFiles(path: copy).verifiers),
            (log.files.checkpoint, StoreFiles(path: copy).checkpoint),
        ] {
            if let bytes = SideFile.read(from) { try SideFile.write(bytes, to: to) }
        }
        guard rename(copy + ".new", copy) == 0 else {
            throw .broken("\(copy): \(SystemFailure.last)")
        }
    }

    /// Puts a copy in the place of a store that nobody has open. What was signed since then is still known from the
    /// checkpoint file, so the log is forked until a person accepts it.
    package static func restore(_ copy: String, to path: String) throws(StoreError) {
        guard SideFile.exists(copy) else { throw .notFound(copy) }
        let files = StoreFiles(path: path)
        let lock = try LockFile(path: files.lock, boot: "restore")
        defer { lock.release() }
        try AuditLog.checkFile(copy)
        for suffix in ["", "-wal", "-shm"] where SideFile.exists(path + suffix) {
            guard rename(path + suffix, "\(path).before\(suffix)") == 0 else {
                throw .broken("\(path)\(suffix): \(SystemFailure.last)")
            }
        }
        try AuditLog(path: copy).copy(to: try SideFile.makePrivate(path))
        let from = StoreFiles(path: copy)
        for (old, new) in [(from.verifiers, files.verifiers), (from.checkpoint, files.checkpoint)]
        where !SideFile.exists(new) {
            if let bytes = SideFile.read(old) { try SideFile.write(bytes, to: new) }
        }
    }
}
