import BelayEngine
import BelayStore
import Glibc

/// A file that checkpoints are appended to, one after the other; what it has is never changed.
struct AnchorFile {
    let path: String

    /// The file of a git work tree that holds the checkpoints.
    static let gitName = "belay.checkpoints"
    static let foreignHelp =
        "compare both with `belay audit verify --checkpoint`; if the journal was begun anew by intent, name another anchor"
    /// So many bytes of the end hold the last note, whatever was cut off after it.
    private static let tail = 64 << 10

    /// Appends the log's newest note and syncs it, unless the file has it already; nil while nothing is signed.
    ///
    /// The file is locked and read before the journal: whoever else has put a checkpoint there took it from a journal
    /// that had it, so an honest journal's newest one is never the older of the two.
    func append(newestOf log: AuditLog) throws(AnchorFailure) -> KeptCheckpoint? {
        let isThere = Files.exists(path)
        // Nothing is made while there is nothing to put into it.
        if !isThere, try log.newest() == nil { return nil }
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        try requireFile(descriptor)
        try lock(descriptor)
        let kept = try end(of: descriptor)
        guard let newest = try log.newest() else {
            guard kept.isEmpty else { throw foreign("while", log, "has none") }
            return nil
        }
        guard try isMissing(newest, from: kept, log) else {
            return KeptCheckpoint(newest, isNew: false)
        }
        try write(CheckpointNotes.separator(after: kept) + newest.note, to: descriptor)
        if !isThere { try syncFolder() }
        return KeptCheckpoint(newest, isNew: true)
    }

    /// False if the file ends with the note; throws if the journal does not continue what it ends with.
    private func isMissing(
        _ newest: SignedCheckpoint, from kept: String, _ log: AuditLog
    ) throws(AnchorFailure) -> Bool {
        let notes = CheckpointNotes(kept)
        try requireOwn(notes.rest, newest.checkpoint.origin)
        guard let last = notes.notes.last else { return true }
        if last == newest.note { return !notes.rest.isEmpty }
        guard let old = SignedCheckpoint(note: last, keys: log.files.knownVerifiers()) else {
            throw foreign("that no key of", log, "has signed")
        }
        let consistency: AuditLog.Consistency
        do throws(StoreError) { consistency = try log.consistency(old: old, new: newest) } catch {
            throw AnchorFailure(error, log.files.path)
        }
        guard case .consistent = consistency else {
            throw foreign(
                "of \(old.checkpoint.size) records that", log,
                "does not continue with its \(newest.checkpoint.size)")
        }
        return true
    }

    /// What follows the last note must be the beginning of one of ours that was cut off.
    private func requireOwn(_ rest: String, _ origin: String) throws(AnchorFailure) {
        let line = Array((origin + "\n").utf8)
        let isOwn = rest.utf8.starts(with: line) || line.starts(with: rest.utf8)
        guard isOwn else {
            throw AnchorFailure(
                "\(path) does not end with a checkpoint", isForeign: true,
                help: "name a file that holds nothing else")
        }
    }

    private func foreign(_ before: String, _ log: AuditLog, _ after: String) -> AnchorFailure {
        AnchorFailure(
            "\(path) ends with a checkpoint \(before) the journal \(log.files.path) \(after)",
            isForeign: true, help: Self.foreignHelp)
    }

    // MARK: The file

    private func requireFile(_ descriptor: Int32) throws(AnchorFailure) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("read") }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw AnchorFailure("\(path) is no file that can be appended to")
        }
    }

    /// Two seconds are enough for whoever else appends; file systems without locks do without.
    private func lock(_ descriptor: Int32) throws(AnchorFailure) {
        for _ in 0..<40 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { return }
            usleep(50_000)
        }
        throw AnchorFailure("\(path) is locked by another process")
    }

    private func end(of descriptor: Int32) throws(AnchorFailure) -> String {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw failure("read") }
        var bytes = [UInt8](repeating: 0, count: min(Int(size), Self.tail))
        var count = 0
        while count < bytes.count {
            let place = Int(size) - bytes.count + count
            let read = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: count), $0.count - count, off_t(place))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw failure("read") }
            count += read
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, to descriptor: Int32) throws(AnchorFailure) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure("sync") }
    }

    private func syncFolder() throws(AnchorFailure) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("sync the folder of") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync the folder of") }
    }

    private func failure(_ what: String) -> AnchorFailure {
        AnchorFailure("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
