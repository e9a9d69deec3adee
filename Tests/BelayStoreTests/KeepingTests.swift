import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import Testing

/// Keys that change by order, copies that come back, payloads that are kept for a time only.
@Suite struct KeepingTests {
    private let folder: TemporaryFolder
    private let world = TestWorld()
    private var path: String { folder.path + "/journal.db" }

    init() throws { folder = try TemporaryFolder() }

    private func open() async throws -> SQLiteStore {
        try await SQLiteStore.open(path: path, world: world)
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func aKeyIsRotatedByOrder() async throws {
        let store = try await open()
        _ = try await store.incident()
        try await store.rotateKey(by: .person("ann"))
        let record = try #require(
            try await store.records(RecordQuery(kinds: [.logKeyRotated])).first?.record)
        #expect(record.actor == .person("ann"))
        #expect(record.reason == "ordered")
        _ = try await store.incident("d2")
        await store.close()
        let keys = StoreFiles(path: path).knownVerifiers()
        #expect(keys.count == 2)
        #expect(try JournalVerifier().verify(path: path).faults == [])
        // Each key alone stands for its own time only.
        let old = try JournalVerifier(keys: [keys[0]]).verify(path: path)
        #expect(Set(old.faults.map(\.kind)) == [.badCheckpoint])
        let again = try await open()
        #expect(again.fork == nil)
        await again.close()
    }

    @Test func aCopyComesBackAndIsNotSignedOver() async throws {
        let store = try await open()
        _ = try await store.incident()
        _ = try await store.checkpoint(always: true)
        let copy = folder.path + "/copy.db"
        try StoreCopy.backup(path, to: copy)
        #expect(!FileManager.default.fileExists(atPath: copy + ".key"))
        #expect(try mode(copy) == 0o600)
        #expect(try JournalVerifier().verify(path: copy).faults == [])
        #expect(throws: StoreError.exists(copy)) { try StoreCopy.backup(path, to: copy) }
        _ = try await store.incident("d2", fingerprint: "f2")
        let signed = try #require(try await store.checkpoint(always: true))
        let kinds = try await store.records(RecordQuery()).map(\.record.kind.rawValue)
        #expect(signed.checkpoint.size == Int64(kinds.count), "\(kinds) \(signed.note)")
        #expect(throws: StoreError.self) { try StoreCopy.restore(copy, to: path) }
        await store.close()
        try StoreCopy.restore(copy, to: path)
        #expect(FileManager.default.fileExists(atPath: path + ".before"))
        #expect(try mode(path) == 0o600)
        let restored = try await open()
        let kept = StoreFiles(path: path).keptNote() ?? "nothing"
        #expect(restored.fork != nil, "kept: \(kept)")
        try await restored.acceptFork(by: .person("ann"))
        _ = try await restored.incident("d3")
        await restored.close()
        #expect(try JournalVerifier().verify(path: path).faults == [])
    }

    @Test func oldPayloadsGoAndTheLogStays() async throws {
        let store = try await open()
        let lease = try await store.runningRun("r1", delivery: "d1")
        let decided = try await store.incident("d2", fingerprint: "f2")
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.ruleUnmatched, incident: decided))]))
        // d4 still waits to be decided, d5 in a queue: they keep their words.
        _ = try await store.incident("d4", fingerprint: "f4")
        let queued = try await store.incident("d5", fingerprint: "f5")
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.ruleUnmatched, incident: queued)),
                .record(
                    RecordDraft(
                        .limitReserved, incident: queued, target: "group", reason: LimitState.queue)
                ),
            ]))
        world.advance(.seconds(100 * 86_400))
        _ = try await store.incident("d3", fingerprint: "f3")
        let horizon = world.now() - .seconds(90 * 86_400)
        // d1 has a run that has not ended: it keeps its words.
        let plan = try AuditLog(path: path).erasable(receivedBefore: horizon)
        #expect(plan.incidents == 1)
        #expect(plan.payloads == 2)
        #expect(try await store.prune(receivedBefore: horizon, actor: .person("ann")) == 2)
        #expect(try await store.prune(receivedBefore: horizon, actor: .person("ann")) == 0)
        try await store.commit(
            StoreTransaction(
                requires: [.lease(lease)],
                [.record(RecordDraft(.runFinished, run: "r1", outcome: "succeeded"))]))
        #expect(try await store.prune(receivedBefore: horizon, actor: .person("ann")) > 0)
        #expect(try await store.records(RecordQuery(kinds: [.retentionPruned])).count == 2)
        await store.close()
        let report = try JournalVerifier().verify(path: path)
        #expect(report.faults == [])
        #expect(report.forgotten > 2)
        #expect(report.missing == 0)
    }
}
