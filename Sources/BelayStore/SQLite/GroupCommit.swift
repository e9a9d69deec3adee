import BelayEngine
import Cryptography
import GRDB
import Synchronization

/// The one writer of a store file: transactions that wait together commit together, with one sync of the medium.
///
/// Each is a savepoint and fails alone; all answers wait until the outer commit is durable. What failed to sync is
/// never tried again on the same file: the writer then refuses everything.
final class GroupCommit: Sendable {
    /// The largest group, so that the first of it need not wait long.
    static let groupLimit = 256

    /// A transaction that waits; its answer is a closure that resumes the waiting task.
    private struct Job: Sendable {
        let run:
            @Sendable (inout StoreCore, SQLiteTables) throws(StoreError) -> (
                TransactionPoints, Answer
            )
        let fail: @Sendable (StoreError) -> Void
    }

    private typealias Answer = @Sendable () -> Void

    /// One transaction of a group.
    typealias Work<Value: Sendable> =
        @Sendable (inout StoreCore, SQLiteTables) throws(StoreError) -> Written<Value>

    /// What a transaction has come to once its group is durable, and the failpoints that are on its way.
    struct Written<Value: Sendable>: Sendable {
        var value: Value
        var points = TransactionPoints.none
    }

    private struct Queue {
        var waiting: [Job] = []
        var isDraining = false
    }

    /// What the writer knows between groups; taken out while a group runs.
    private struct Memory {
        var core: StoreCore
        var tables = SQLiteMemory()
        var broken: StoreError?
    }

    private let pool: DatabasePool
    private let queue = Mutex(Queue())
    private let memory: Mutex<Memory>
    private let failpoints: Failpoints

    init(_ pool: DatabasePool, core: StoreCore, failpoints: Failpoints) {
        self.pool = pool
        self.failpoints = failpoints
        memory = Mutex(Memory(core: core))
    }

    /// The core as it was after the last group.
    var core: StoreCore { memory.withLock { $0.core } }

    /// Whether the medium failed, so that nothing is written through this any more.
    var isBroken: Bool { memory.withLock { $0.broken != nil } }

    /// From now on every write fails so.
    func refuse(_ error: StoreError) { memory.withLock { $0.broken = $0.broken ?? error } }

    /// Changes what all later records have in common.
    func reidentify(_ identity: LogIdentity) {
        memory.withLock {
            $0.core = StoreCore(
                identity: identity, world: $0.core.world, frontier: $0.core.frontier)
        }
    }

    /// Runs one transaction, returns when it is durable.
    func write<Value: Sendable>(
        _ points: TransactionPoints = .none,
        _ body: @escaping @Sendable (inout StoreCore, SQLiteTables) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let work: Work<Value> = { (core, tables) throws(StoreError) in
            Written(value: try body(&core, tables), points: points)
        }
        return try await write([work])[0].get()
    }

    /// Runs transactions in this order, each of which stands or fails alone; returns when all are durable.
    func write<Value: Sendable>(
        _ bodies: [Work<Value>]
    ) async -> [Result<Value, StoreError>] {
        guard !bodies.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            let results = Results<Value>(bodies.count, continuation)
            enqueue(
                bodies.enumerated().map { place, body in
                    Job(
                        run: { (core, tables) throws(StoreError) in
                            let written = try body(&core, tables)
                            return (
                                written.points,
                                { results.set(.success(written.value), at: place) }
                            )
                        },
                        fail: { results.set(.failure($0), at: place) })
                })
        }
    }

    /// Collects what became of transactions that were given together.
    private final class Results<Value: Sendable>: Sendable {
        private let state: Mutex<(missing: Int, results: [Result<Value, StoreError>?])>
        private let continuation: CheckedContinuation<[Result<Value, StoreError>], Never>

        init(
            _ count: Int, _ continuation: CheckedContinuation<[Result<Value, StoreError>], Never>
        ) {
            state = Mutex((count, Array(repeating: nil, count: count)))
            self.continuation = continuation
        }

        func set(_ result: Result<Value, StoreError>, at place: Int) {
            let all = state.withLock { state in
                state.results[place] = result
                state.missing -= 1
                return state.missing == 0 ? state.results.compactMap { $0 } : nil
            }
            if let all { continuation.resume(returning: all) }
        }
    }

    private func enqueue(_ jobs: [Job]) {
        let starts = queue.withLock { queue in
            queue.waiting += jobs
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        if starts { pool.asyncWriteWithoutTransaction { self.drain($0) } }
    }

    private func drain(_ db: Database) {
        while true {
            let group = queue.withLock { queue -> [Job] in
                let group = Array(queue.waiting.prefix(Self.groupLimit))
                queue.waiting.removeFirst(group.count)
                if group.isEmpty { queue.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            carryOut(group, db)
        }
    }

    private func carryOut(_ group: [Job], _ db: Database) {
        if let broken = memory.withLock({ $0.broken }) {
            for job in group { job.fail(broken) }
            return
        }
        var (core, remembered) = memory.withLock { memory in
            defer { memory.tables = SQLiteMemory() }
            return (memory.core, memory.tables)
        }
        let tables = SQLiteTables(db, memory: remembered)
        remembered = SQLiteMemory()
        do throws(StoreError) {
            var answers = try commit(group, &core, tables, db, inSavepoints: false)
            if answers == nil {
                answers = try commit(group, &core, tables, db, inSavepoints: true)
            }
            memory.withLock { memory in
                memory.core.frontier = core.frontier
                memory.tables = tables.memory
            }
            for answer in answers ?? [] { answer() }
        } catch {
            try? db.execute(sql: "ROLLBACK")
            if error.isLasting { refuse(error) }
            for job in group { job.fail(error) }
        }
    }

    /// One outer transaction; throws only what ends it for all.
    ///
    /// Most groups have no member that fails after it has written, so savepoints are only set when one has: the
    /// answer is then `nil`, all is undone, and the group is carried out again.
    private func commit(
        _ group: [Job], _ core: inout StoreCore, _ tables: SQLiteTables, _ db: Database,
        inSavepoints: Bool
    ) throws(StoreError) -> [Answer]? {
        let start = core.frontier
        try tables.control("BEGIN IMMEDIATE")
        var answers: [Answer] = []
        var passed: [TransactionPoints] = []
        for job in group {
            let frontier = core.frontier
            if inSavepoints { try tables.control("SAVEPOINT member") }
            let writes = tables.writes
            do throws(StoreError) {
                let (points, answer) = try job.run(&core, tables)
                answers.append(answer)
                passed.append(points)
            } catch {
                if error.endsTransaction { throw error }
                answers.append { job.fail(error) }
                if tables.writes > writes {
                    core.frontier = frontier
                    tables.forget()
                    if !inSavepoints {
                        core.frontier = start
                        try tables.control("ROLLBACK")
                        return nil
                    }
                    try tables.control("ROLLBACK TO member")
                }
            }
            if inSavepoints { try tables.control("RELEASE member") }
        }
        pass(passed.flatMap { $0.before })
        failpoints.pass(.sequencerBatch)
        try tables.control("COMMIT")
        pass(passed.flatMap { $0.after })
        return answers
    }

    private func pass(_ points: [Failpoint]) {
        for point in points { failpoints.pass(point) }
    }
}
