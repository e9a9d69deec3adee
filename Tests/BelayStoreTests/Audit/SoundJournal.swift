import BelayEngine
import BelayStore
import FoundationEssentials
import JSON
import Testing

/// A closed store with a little of everything in it, made anew for each test.
struct SoundJournal {
    let folder: TemporaryFolder
    let world = TestWorld()
    /// The id of an incident whose run has ended.
    let incident: String

    var path: String { folder.path + "/journal.db" }
    var files: StoreFiles { StoreFiles(path: path) }
    var forger: Forger { Forger(path: path) }

    /// The indexes of run `r1`'s records: created, claimed, target, limit, intent, result, finished.
    static let created: Int64 = 2
    static let intent: Int64 = 6
    static let result: Int64 = 7
    static let finished: Int64 = 8
    /// How many records there are: after the third checkpoint come those of a second run.
    static let count: Int64 = 14
    /// The sizes that were signed for.
    static let signed: [Int64] = [6, 9, 14]

    init() async throws {
        folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(path: folder.path + "/journal.db", world: world)
        let lease = try await store.runningRun()
        incident = try #require(try await store.run("r1")).incident
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.limitReserved, run: "r1", target: "cache", reason: "target")),
                .record(RecordDraft(.limitReserved, run: "r1", target: "k", reason: "cooldown")),
            ]))
        #expect(try await store.checkpoint(always: true)?.checkpoint.size == Self.signed[0])
        try await store.record(
            RecordDraft(
                .stepIntent, run: "r1", step: "clear", attempt: 1, provider: "redis",
                payloads: [.input(["scope": "expired"])]), under: lease)
        try await store.record(
            RecordDraft(
                .stepResult, run: "r1", step: "clear", attempt: 1, outcome: "succeeded",
                payloads: [.output(["freed": 2048])]), under: lease)
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "succeeded"), under: lease)
        #expect(try await store.checkpoint(always: true)?.checkpoint.size == Self.signed[1])
        _ = try await store.runningRun("r2", delivery: "d2")
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.pauseSet, actor: .person("ann"), target: "all")),
                .record(RecordDraft(.limitReserved, run: "r2", target: "api", reason: "target")),
            ]))
        await store.close()
    }

    func verify(remembered: [String] = []) throws -> VerificationReport {
        try JournalVerifier(remembered: remembered).verify(path: path)
    }

    /// The kind and index of the first fault.
    func firstFault() throws -> String {
        let fault = try verify().faults.first
        return fault.map { "\($0.kind.rawValue) \($0.index.map(String.init) ?? $0.table ?? "")" }
            ?? "sound"
    }

    func copy(to name: String) throws {
        for suffix in ["", ".checkpoint"] {
            try FileManager.default.copyItem(
                atPath: path + suffix, toPath: folder.path + "/" + name + suffix)
        }
    }
}
