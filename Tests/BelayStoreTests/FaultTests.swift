import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import GRDB
import Synchronization
import Testing

/// Faults of the medium and of the clock, by their numbers in docs/faults.md.
@Suite struct FaultTests {
    private let folder: TemporaryFolder
    private let world = TestWorld()
    private var path: String { folder.path + "/journal.db" }

    init() throws { folder = try TemporaryFolder() }

    /// Copies the database and its write-ahead log as they are on disk at this moment.
    private static func copy(_ path: String, to copy: String) throws {
        for suffix in ["", "-wal", ".key", ".vkey", ".checkpoint"]
        where FileManager.default.fileExists(atPath: path + suffix) {
            try Data(contentsOf: URL(filePath: path + suffix)).write(
                to: URL(filePath: copy + suffix))
        }
    }

    private func note(_ number: Int, in store: SQLiteStore) async throws {
        try await store.commit(
            StoreTransaction([.record(RecordDraft(.programLoaded, item: number))]))
    }

    private func items(_ store: SQLiteStore) async throws -> [Int] {
        try await store.records(RecordQuery(limit: 1000)).compactMap(\.record.item)
    }

    /// Fault 7: what was acknowledged is on disk at the moment of its answer; what was not may be missing.
    @Test func whatIsAcknowledgedSurvivesAPowerCut() async throws {
        let copies = Mutex<[String]>([])
        let (path, folder) = (path, folder.path)
        world.set(
            Failpoints { point in
                guard point == .sequencerBatch else { return }
                copies.withLock { copies in
                    let copy = "\(folder)/cut-\(copies.count).db"
                    try? Self.copy(path, to: copy)
                    copies.append(copy)
                }
            })
        let store = try await SQLiteStore.open(path: path, world: world)
        let before = copies.withLock { $0.count }
        for number in 0..<12 { try await note(number, in: store) }
        let taken = copies.withLock { Array($0[before...]) }
        #expect(taken.count == 12)
        await store.close()
        for (number, copy) in taken.enumerated() {
            // The copy was made before the commit of `number`: all before it had been answered.
            let reopened = try await SQLiteStore.open(path: copy, world: TestWorld())
            #expect(try await items(reopened) == Array(0..<number))
            await reopened.close()
            #expect(try JournalVerifier().verify(path: copy).faults == [])
        }
    }

    /// Fault 8: a torn, flipped or zeroed end of the write-ahead log leaves a whole prefix.
    @Test(arguments: ["torn", "flipped", "zeroed"])
    func aDamagedLogTailLeavesAPrefix(_ how: String) async throws {
        let store = try await SQLiteStore.open(path: path, world: world)
        for number in 0..<20 { try await note(number, in: store) }
        var lengths: Set<Int> = []
        for share in [0.3, 0.5, 0.7, 0.9, 0.99] {
            let copy = "\(folder.path)/\(how)-\(share).db"
            try Self.copy(path, to: copy)
            let log = URL(filePath: copy + "-wal")
            var bytes = try Data(contentsOf: log)
            let place = Int(Double(bytes.count) * share)
            switch how {
            case "torn": bytes = bytes.prefix(place)
            case "flipped": bytes[place] ^= 0x40
            default: bytes.replaceSubrange(place..., with: Data(count: bytes.count - place))
            }
            try bytes.write(to: log)
            let reopened = try await SQLiteStore.open(path: copy, world: TestWorld())
            let found = try await items(reopened)
            #expect(found == Array(0..<found.count), "\(how) at \(share)")
            lengths.insert(found.count)
            await reopened.close()
            #expect(try JournalVerifier().verify(path: copy).faults == [], "\(how) at \(share)")
        }
        #expect(lengths.count > 1, "the damage reached the records")
        await store.close()
    }

    /// A removed write-ahead log loses commits: what was signed for shows it, and nothing is signed over.
    @Test func aRemovedLogIsNoticed() async throws {
        let store = try await SQLiteStore.open(path: path, world: world)
        for number in 0..<5 { try await note(number, in: store) }
        _ = try await store.checkpoint(always: true)
        let copy = folder.path + "/removed.db"
        try Self.copy(path, to: copy)
        await store.close()
        try FileManager.default.removeItem(atPath: copy + "-wal")
        let reopened = try await SQLiteStore.open(path: copy, world: TestWorld())
        #expect(reopened.fork != nil)
        let refused = try await storeError { _ = try await reopened.checkpoint(always: true) }
        guard case .forked = refused else {
            Issue.record("signed: \(String(describing: refused))")
            return
        }
        await reopened.close()
        #expect(try JournalVerifier().verify(path: copy).faults.map(\.kind).contains(.truncated))
    }

    /// Fault 11: a wall clock that jumps takes no lease and gives none; records stay in order of index.
    @Test(arguments: [86_400, -86_400, -1_772_330_400])
    func aJumpingClockMovesNoLease(_ seconds: Int) async throws {
        let store = try await SQLiteStore.open(path: path, world: world)
        let lease = try await store.runningRun("r1")
        world.jump(.seconds(seconds))
        #expect(try await store.claim(10, for: .seconds(30)) == [])
        try await store.record(
            RecordDraft(.stepResult, run: "r1", step: "a", attempt: 1, outcome: "succeeded"),
            under: lease)
        #expect(try await store.renew([lease], for: .seconds(30)).count == 1)
        world.advance(.seconds(31))
        #expect(try await store.claim(10, for: .seconds(30)).map(\.run.id) == ["r1"])
        await store.close()
        #expect(try JournalVerifier().verify(path: path).faults == [])
    }

    /// Fault 36: a long queue costs a claim no more than a short one.
    @Test func aLongQueueIsClaimedByItsIndex() async throws {
        await (try await SQLiteStore.open(path: path, world: world)).close()
        let count = 100_000
        try Forger(path: path).sql(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
            INSERT INTO run SELECT printf('r%09d', i), 'i', 'b', zeroblob(32), 'b', 'ready', NULL, 0,
                NULL, NULL, i, NULL, i, 0 FROM n
            """)
        let plan = try Forger(path: path).change { db in
            try Row.fetchAll(
                db,
                sql: """
                    EXPLAIN QUERY PLAN SELECT * FROM run WHERE phase IN ('ready', 'waiting')
                        AND due_at <= 1 ORDER BY due_at, id LIMIT 64
                    """
            ).map { "\($0)" }.joined()
        }
        #expect(plan.contains("USING INDEX run_due") && !plan.contains("TEMP B-TREE"), "\(plan)")
        let store = try await SQLiteStore.open(path: path, world: world)
        let claimed = try await store.claim(64, for: .seconds(30))
        #expect(claimed.first?.run.id == "r000000001")
        #expect(claimed.last?.run.id == "r000000064")
        await store.close()
    }
}
