import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import GRDB
import JSON
import Synchronization
import Testing

/// Records that are removed by order, and what stays of them.
@Suite struct PruningTests {
    @Test func whatStaysVerifiesAndSaysWhatWent() async throws {
        let journal = try await PrunedJournal()
        let report = try journal.verify()
        #expect(report.faults == [])
        #expect(report.records == PrunedJournal.count)
        #expect(report.checkpoint?.size == PrunedJournal.count)
        #expect(report.pruned?.count == PrunedJournal.cut)
        #expect(report.pruned?.actor == .person("ann"))
        #expect(report.missing == 0)
        let audit = try AuditLog(path: journal.path)
        #expect(try audit.pruned() == report.pruned)
        let said = try audit.pruned()?.description
        #expect(
            said
                == "records 0 to 13 were pruned on 2026-06-09T02:00:00.000000Z by person:ann")
        let records = try audit.records(RecordQuery())
        #expect(records.map(\.index) == Array(PrunedJournal.cut..<PrunedJournal.count))
        // A run that is wholly gone has no row any more; one of which some record stays has.
        #expect(try audit.run("r1") == nil)
        #expect(try audit.run("r2")?.phase == .succeeded)
        #expect(try audit.runs(RunFilter()).map(\.id) == ["r3", "r2"])
    }

    @Test func aPlanChangesNothing() async throws {
        let journal = try await PrunedJournal(prunes: false)
        let audit = try AuditLog(path: journal.path)
        let before = try Data(contentsOf: URL(filePath: journal.path))
        let plan = try audit.pruningPlan(.index(PrunedJournal.cut))
        #expect(plan.size == PrunedJournal.order)
        #expect(plan.cut == PrunedJournal.cut)
        #expect(plan.records == 14)
        #expect(plan.runs == 1)
        #expect(plan.programs == 0)
        #expect(plan.payloads == 0)
        #expect(plan.obstacle == nil)
        #expect(plan.bytes > 14 * 200)
        // The time of a record, and one in the midst of two checkpoints.
        let first = try #require(try audit.records(RecordQuery()).first?.record.at)
        #expect(try audit.pruningPlan(.time(first)).records == 0)
        #expect(try audit.pruningPlan(.index(18)).cut == 14)
        #expect(try audit.pruningPlan(.index(8)).records == 0)
        let all = try audit.pruningPlan(.time(first + .seconds(365 * 86_400)))
        #expect(all.cut == 19)
        #expect(all.obstacle?.index == PrunedJournal.open)
        #expect(try Data(contentsOf: URL(filePath: journal.path)) == before)
    }

    @Test func aRepeatIsStillKnownAtTheDoor() async throws {
        let journal = try await PrunedJournal()
        let known = try AuditLog(path: journal.path).records(
            RecordQuery(kinds: [.retentionPruned])
        ).compactMap(\.record.incident)
        #expect(known.count == 2)
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        #expect(try await store.incident("d1", fingerprint: "d1") == known[0])
        #expect(try await store.incident("d2", body: ["title": "other words"]) == known[1])
        #expect(try await store.kinds().suffix(2) == ["incident.duplicate", "incident.duplicate"])
        #expect(try await store.incidents(.due(limit: 10)) == [])
        let new = try await store.incident("d4", fingerprint: "d4")
        #expect(!known.contains(new))
        await store.close()
        #expect(try journal.verify().faults == [])
    }

    @Test func proofsAndConsistencyAcrossTheCut() async throws {
        let journal = try await PrunedJournal()
        let audit = try AuditLog(path: journal.path)
        for old in journal.notes {
            for new in journal.notes where new.checkpoint.size >= old.checkpoint.size {
                guard case .consistent = try audit.consistency(old: old, new: new) else {
                    Issue.record("\(old.checkpoint.size) to \(new.checkpoint.size)")
                    continue
                }
            }
        }
        let keys = journal.files.knownVerifiers()
        for (bytes, proof) in journal.proofs {
            #expect(try proof.check(record: bytes, keys: keys).get().size == 24)
        }
        for stored in try audit.records(RecordQuery()) {
            let proof = try #require(try audit.prove(id: stored.record.id))
            #expect(try proof.check(record: stored.bytes, keys: keys).get().size == 25)
        }
    }

    @Test func whatIsPrunedCanBePrunedFurther() async throws {
        let journal = try await PrunedJournal()
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        let again = try await store.prune(
            recordsBefore: .index(PrunedJournal.cut), actor: .person("bob"))
        #expect(again.plan.records == 0)
        #expect(try await store.records(RecordQuery(kinds: [.retentionPruned])).count == 3)
        let further = try await store.prune(recordsBefore: .index(.max), actor: .person("bob"))
        #expect(further.plan.pruned == 14)
        #expect(further.plan.cut == 19)
        #expect(further.plan.obstacle?.index == PrunedJournal.open)
        #expect(try await store.run("r2") == nil)
        // The program is that of `r3` too.
        let run = try #require(try await store.run("r3"))
        #expect(try await store.program(run.runbook.program) != nil)
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.runFinished, run: "r3", outcome: "failed"))]))
        _ = try await store.checkpoint(always: true)
        journal.world.advance(.seconds(100 * 86_400))
        _ = try await store.prune(receivedBefore: journal.world.now(), actor: .person("bob"))
        let last = try await store.prune(recordsBefore: .index(.max), actor: .person("bob"))
        #expect(last.plan.cut > PrunedJournal.count)
        #expect(last.plan.obstacle == nil)
        #expect(last.plan.runs == 1)
        #expect(last.plan.programs == 1)
        #expect(try await store.runs(RunFilter()) == [])
        await store.close()
        let report = try journal.verify()
        #expect(report.faults == [])
        #expect(report.pruned?.count == last.plan.cut)
        #expect(report.pruned?.actor == .person("bob"))
    }

    @Test func aPrunedStoreStartsIsCopiedAndComesBack() async throws {
        let journal = try await PrunedJournal()
        let copy = journal.folder.path + "/copy.db"
        do {
            let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
            #expect(store.fork == nil)
            let lease = try await store.runningRun("r4", delivery: "d4")
            try await store.record(
                RecordDraft(.runFinished, run: "r4", outcome: "succeeded"), under: lease)
            try StoreCopy.backup(journal.path, to: copy)
            _ = try await store.incident("d9", fingerprint: "d9")
            await store.close()
        }
        let report = try JournalVerifier().verify(path: copy)
        #expect(report.faults == [])
        #expect(report.pruned?.count == PrunedJournal.cut)
        try StoreCopy.restore(copy, to: journal.path)
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        #expect(store.fork != nil, "what was signed after the copy is missing")
        let refused = try await storeError {
            _ = try await store.prune(recordsBefore: .index(.max), actor: .person("ann"))
        }
        guard case .forked = refused else {
            Issue.record("pruned a fork: \(String(describing: refused))")
            return
        }
        try await store.acceptFork(by: .person("ann"))
        _ = try await store.incident("d5", fingerprint: "d5")
        await store.close()
        #expect(try journal.verify().faults == [])
    }

    @Test func aJournalThatDoesNotVerifyIsLeftAlone() async throws {
        let journal = try await PrunedJournal(prunes: false)
        try journal.forger.sql("UPDATE run SET epoch = 9 WHERE id = 'r1'")
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        let error = try await storeError {
            _ = try await store.prune(recordsBefore: .index(14), actor: .person("ann"))
        }
        guard case .damaged(let why) = error else {
            Issue.record("pruned: \(String(describing: error))")
            return
        }
        #expect(why.contains("changed_state in run (r1)"))
        #expect(try await store.records(RecordQuery()).first?.index == 0)
        #expect(try await store.kinds().filter { $0 == "retention.pruned" }.count == 2)
        await store.close()
    }

    /// The size in the row of a checkpoint is nobody's word: only what is signed counts.
    @Test func aCutIsMadeOnlyWhereACheckpointIs() async throws {
        let journal = try await PrunedJournal(prunes: false)
        try journal.forger.sql("UPDATE checkpoint SET size = 12 WHERE size = 14")
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        let error = try await storeError {
            _ = try await store.prune(recordsBefore: .index(13), actor: .person("ann"))
        }
        #expect(error == .damaged("the first 12 records are not signed for"))
        await store.close()
    }

    /// The order is written and signed for, then carried out: whatever the moment of a crash, the journal verifies, and
    /// the next pruning carries on.
    @Test func aCrashAtAnyPointLeavesAJournalThatVerifies() async throws {
        let journal = try await PrunedJournal(prunes: false)
        let copies = Mutex<[String]>([])
        let (path, folder) = (journal.path, journal.folder.path)
        let store: SQLiteStore
        let copy: @Sendable (String) -> Void = { point in
            copies.withLock { copies in
                let copy = "\(folder)/crash-\(copies.count)-\(point).db"
                for suffix in ["", "-wal", ".key", ".vkey", ".checkpoint"] {
                    let bytes = try? Data(contentsOf: URL(filePath: path + suffix))
                    try? bytes?.write(to: URL(filePath: copy + suffix))
                }
                copies.append(copy)
            }
        }
        journal.world.set(Failpoints { copy($0.rawValue) })
        store = try await SQLiteStore.open(path: path, world: journal.world)
        let start = copies.withLock { $0.count }
        _ = try await store.prune(recordsBefore: .index(14), actor: .person("ann"))
        copy("end")
        let taken = copies.withLock { Array($0[start...]) }
        await store.close()
        // The order, the signature, the note, the removal, and after it.
        #expect(taken.count >= 6)
        var cuts: [Int64] = []
        for copy in taken {
            #expect(try JournalVerifier().verify(path: copy).faults == [], "\(copy)")
            let reopened = try await SQLiteStore.open(path: copy, world: TestWorld(seed: 7))
            let found = try await reopened.records(RecordQuery(limit: 1)).first?.index
            cuts.append(try #require(found))
            _ = try await reopened.prune(recordsBefore: .index(14), actor: .person("bob"))
            await reopened.close()
            let report = try JournalVerifier().verify(path: copy)
            #expect(report.faults == [], "\(copy)")
            #expect(report.pruned?.count == 14, "\(copy)")
        }
        #expect(Set(cuts) == [0, 14])
    }

    @Test func theSpaceIsGivenBack() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(path: folder.path + "/j.db", world: TestWorld())
        for _ in 0..<20 {
            let drafts = (0..<100).map { StoreWrite.record(RecordDraft(.programLoaded, item: $0)) }
            try await store.commit(StoreTransaction(drafts))
        }
        _ = try await store.checkpoint(always: true)
        let result = try await store.prune(recordsBefore: .index(.max), actor: .person("ann"))
        #expect(result.plan.records == 2001)
        #expect(result.notCompacted == nil)
        #expect(result.bytesAfter * 3 < result.bytesBefore, "\(result)")
        await store.close()
        #expect(try JournalVerifier().verify(path: folder.path + "/j.db").faults == [])
    }

    @Test func versionsKnowWhatTheyCannotRead() async throws {
        let journal = try await PrunedJournal(prunes: false)
        let version = try journal.forger.change { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(try #require(version) >= 2, "a program that knows one version only refuses this")
        // A file of the first version is read as it is, and brought up to date by the first that writes.
        try journal.forger.sql(
            "DROP TABLE kept_leaf; DROP TABLE kept_state; PRAGMA user_version = 1")
        let audit = try AuditLog(path: journal.path)
        #expect(try audit.verify().faults == [])
        #expect(try audit.pruned() == nil)
        #expect(try audit.pruningPlan(.index(14)).cut == 14)
        let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
        _ = try await store.prune(recordsBefore: .index(14), actor: .person("ann"))
        await store.close()
        #expect(try journal.verify().faults == [])
        try journal.forger.sql("PRAGMA user_version = 99")
        #expect(throws: StoreError.newer(version: 99)) { try AuditLog(path: journal.path) }
    }
}
