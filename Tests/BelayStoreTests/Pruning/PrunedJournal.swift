import BelayCompiler
import BelayEngine
import BelayStore
import Foundation
import GRDB
import JSON
import Testing

/// A closed store whose first records were pruned, made anew for each test.
struct PrunedJournal {
    let folder: TemporaryFolder
    let world = TestWorld()
    /// The checkpoints that were signed, oldest first.
    let notes: [SignedCheckpoint]
    /// Proofs that were made of records before the pruning.
    let proofs: [(bytes: [UInt8], proof: TLogProof)]

    var path: String { folder.path + "/journal.db" }
    var files: StoreFiles { StoreFiles(path: path) }
    var forger: Forger { Forger(path: path) }

    /// The first record that stays: `r1` is below it, `r2` and a pause are on both sides, `r3` is above.
    static let cut: Int64 = 14
    /// `r2`: its limit committed, intent, result, finished; the pause is lifted.
    static let intent: Int64 = 15
    static let result: Int64 = 16
    static let finished: Int64 = 17
    /// The acceptance of the incident of `r3`, which is running.
    static let open: Int64 = 21
    /// The record `retention.pruned` that orders the cut.
    static let order: Int64 = 24
    static let count: Int64 = 25
    /// The sizes that were signed for.
    static let signed: [Int64] = [9, 14, 19, 24, 25]

    /// With `prunes` false the journal is as it was before.
    init(prunes: Bool = true) async throws {
        folder = try TemporaryFolder()
        let path = folder.path + "/journal.db"
        let store = try await SQLiteStore.open(path: path, world: world)
        var notes: [SignedCheckpoint] = []
        func sign() async throws {
            notes.append(try #require(try await store.checkpoint(always: true)))
        }
        try await Self.first(store)
        try await sign()
        let (lease, pause) = try await Self.secondBegins(store)
        try await sign()
        try await Self.secondEnds(store, lease, pause)
        try await sign()
        world.advance(.seconds(100 * 86_400))
        let horizon = world.now() - .seconds(86_400)
        _ = try await store.prune(receivedBefore: horizon, actor: .person("ann"))
        _ = try await store.runningRun("r3", delivery: "d3")
        try await sign()
        let audit = try AuditLog(path: path)
        proofs = try audit.records(RecordQuery()).map { stored in
            (stored.bytes, try #require(try audit.prove(id: stored.record.id)))
        }
        if prunes {
            let result = try await store.prune(
                recordsBefore: .index(Self.cut), actor: .person("ann"))
            #expect(result.plan.cut == Self.cut)
            notes.append(try #require(try audit.checkpoint()))
        }
        self.notes = notes
        await store.close()
        #expect(notes.map(\.checkpoint.size) == Array(Self.signed.prefix(notes.count)))
    }

    private static func first(_ store: SQLiteStore) async throws {
        let lease = try await store.runningRun("r1", delivery: "d1")
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitReserved, run: "r1", target: "cache", reason: "target")),
                .record(RecordDraft(.limitReserved, run: "r1", target: "k", reason: "cooldown")),
            ]))
        try await store.record(
            RecordDraft(
                .stepIntent, run: "r1", step: "clear", attempt: 1,
                payloads: [.input(["scope": "expired"])]), under: lease)
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitCommitted, run: "r1", target: "k", reason: "cooldown"))
            ]))
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: lease)
    }

    private static func secondBegins(
        _ store: SQLiteStore
    ) async throws -> (RunLease, String) {
        let lease = try await store.runningRun("r2", delivery: "d2")
        let receipt = try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.pauseSet, actor: .person("ann"), target: "all")),
                .record(RecordDraft(.limitReserved, run: "r2", target: "k", reason: "cooldown")),
            ]))
        return (lease, receipt.records[0].id)
    }

    private static func secondEnds(
        _ store: SQLiteStore, _ lease: RunLease, _ pause: String
    ) async throws {
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitCommitted, run: "r2", target: "k", reason: "cooldown"))
            ]))
        try await store.record(
            RecordDraft(.stepIntent, run: "r2", step: "clear", attempt: 1), under: lease)
        try await store.record(
            RecordDraft(.stepResult, run: "r2", step: "clear", attempt: 1, outcome: "succeeded"),
            under: lease)
        try await store.record(
            RecordDraft(.runFinished, run: "r2", outcome: "succeeded"), under: lease)
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.pauseLifted, actor: .person("ann"), causedBy: pause))
            ]))
    }

    func verify() throws -> VerificationReport { try JournalVerifier().verify(path: path) }

    /// The kind and index of the first fault, and the kinds of all.
    func faults() throws -> (first: String, kinds: Set<VerificationFault.Kind>) {
        let faults = try verify().faults
        let first = faults.first.map {
            "\($0.kind.rawValue) \($0.index.map(String.init) ?? $0.table ?? "")"
        }
        return (first ?? "sound", Set(faults.map(\.kind)))
    }

    /// Takes back the checkpoints of more than so many records, the file beside the database too.
    func forgetCheckpoints(above size: Int64) throws {
        try forger.sql("DELETE FROM checkpoint WHERE size > ?", [size])
        let note = try #require(notes.last { $0.checkpoint.size <= size }).note
        try Data(note.utf8).write(to: URL(filePath: files.checkpoint))
    }
}
