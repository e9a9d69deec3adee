import BelayCompiler
package import BelayEngine
import Cryptography
import GRDB

/// What a pruning did.
package struct PruningResult: Sendable, Hashable {
    package var plan: PruningPlan
    /// The size of the database file before and after.
    package var bytesBefore: Int64
    package var bytesAfter: Int64
    /// Why the space was not given back to the system, `nil` if it was.
    package var notCompacted: StoreError?
}

extension SQLiteStore {
    /// Removes the records before the largest signed checkpoint that the limit and what still needs its records allow.
    ///
    /// The journal is verified first. Then the order is written and signed for, then carried out in one transaction: a
    /// journal that is left in between still verifies, and the next pruning carries on. Throws `grown` if
    /// somebody else writes meanwhile.
    package func prune(
        recordsBefore limit: PruningLimit, actor: RecordActor
    ) async throws(StoreError) -> PruningResult {
        if let fork { throw .forked(fork) }
        let plan = try await reading { try PruningPlan($0, limit) }
        // What is still in the write-ahead log would not be counted.
        _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        let before = StoreFiles.size(of: files.path)
        guard plan.records > 0 else {
            return PruningResult(plan: plan, bytesBefore: before, bytesAfter: before)
        }
        let (root, kept) = try await kept(at: plan.cut)
        let digest = kept.digest
        let order = try await writer.write { (core, tables) throws(StoreError) in
            guard core.frontier.size == plan.size else { throw .grown }
            return try core.appendPruning(
                cut: plan.cut, root: root, kept: digest, by: actor, tables)
        }
        _ = try await checkpoint(always: true)
        try await writer.write { (core, tables) throws(StoreError) in
            guard core.frontier.size == order.index + 1 else { throw .grown }
            try tables.carryOut(plan, keeping: kept)
        }
        var result = PruningResult(plan: plan, bytesBefore: before, bytesAfter: before)
        result.notCompacted = await compact()
        result.bytesAfter = StoreFiles.size(of: files.path)
        return result
    }

    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.read(body) } catch { throw SQLiteFailure.storeError(error) }
    }

    /// Verifies the whole journal; the root at the cut and what must stay of the state there.
    private func kept(at cut: Int64) async throws(StoreError) -> (Digest, KeptState) {
        let boot = boot
        let integrity = IntegrityCheck(path: files.path)
        integrity.start()
        let found = try await reading { [self] db in
            let check = DatabaseCheck(
                db: db, files: files, keys: files.knownVerifiers(), remembered: [])
            let (report, snapshot) = try check.run(snapshotAt: cut)
            if let fault = report.faults.first { throw StoreError.damaged("\(fault)") }
            let root = try StoredNodes(db: db).root(size: cut)
            guard let snapshot, try isSigned(db, cut, root) else {
                throw StoreError.damaged("the first \(cut) records are not signed for")
            }
            let chains = try Set(
                String.fetchAll(
                    db, sql: "SELECT DISTINCT chain FROM record WHERE idx >= ?", arguments: [cut])
            ).union([boot])
            let heads = try Self.heads(db, before: cut).filter {
                chains.contains($0.key) || snapshot.incidents[$0.key] != nil
            }
            return (root, KeptState(snapshot, runs: chains, heads: heads))
        }
        if let message = integrity.wait().first { throw .damaged(message) }
        return found
    }

    /// Whether a checkpoint of the store stands for just these records.
    private func isSigned(_ db: Database, _ size: Int64, _ root: Digest) throws -> Bool {
        let keys = files.knownVerifiers()
        return try String.fetchAll(
            db, sql: "SELECT note FROM checkpoint WHERE size = ?", arguments: [size]
        ).contains { note in
            let signed = SignedCheckpoint(note: note, keys: keys)?.checkpoint
            return signed?.size == size && signed?.root == root
        }
    }

    /// The hash of each chain's last record before the cut.
    private static func heads(_ db: Database, before cut: Int64) throws -> [String: Digest] {
        var heads: [String: Digest] = [:]
        for row in try PrunedPrefix(db).kept.rows where row.part == KeptState.Part.chain.rawValue {
            heads[row.key] = Digest(hex: row.value)
        }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT chain, bytes FROM record WHERE idx IN
                    (SELECT max(idx) FROM record WHERE idx < ? GROUP BY chain)
                """, arguments: [cut])
        while let row = try rows.next() { heads[row[0]] = SHA256.hash(row.bytes(1)) }
        return heads
    }

    /// Gives the space back to the system; what was pruned stays so if that fails.
    private func compact() async -> StoreError? {
        do {
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                _ = try db.checkpoint(.truncate)
            }
            return nil
        } catch {
            return SQLiteFailure.storeError(error)
        }
    }
}

extension SQLiteTables {
    /// Takes the records away and leaves what is kept of them, in the transaction that is open.
    fileprivate func carryOut(_ plan: PruningPlan, keeping kept: KeptState) throws(StoreError) {
        let cut = plan.cut
        try execute(
            "INSERT INTO kept_leaf(idx, leaf) SELECT idx, leaf FROM record WHERE idx < ?", cut)
        try execute("DELETE FROM kept_state")
        for row in kept.rows {
            try execute(
                "INSERT INTO kept_state(part, key, value) VALUES (?, ?, ?)",
                row.part, row.key, row.value)
        }
        try execute("DELETE FROM payload WHERE idx < ?", cut)
        try execute("DELETE FROM record WHERE idx < ?", cut)
        try execute(
            "DELETE FROM run WHERE NOT EXISTS (SELECT 1 FROM record WHERE chain = run.id)")
        try execute("DELETE FROM program WHERE digest NOT IN (SELECT program FROM run)")
        forget()
    }

    /// The hash of a chain's last record that was pruned.
    func keptHead(of chain: String) throws(StoreError) -> Digest? {
        try rows(
            "SELECT value FROM kept_state WHERE part = 'chain' AND key = ?", chain,
            make: { $0.text(0) }
        ).first.flatMap { Digest(hex: $0) }
    }

    /// Whether any record was pruned.
    func hasPruned() throws(StoreError) -> Bool {
        try !rows("SELECT 1 FROM kept_leaf LIMIT 1", make: { _ in true }).isEmpty
    }
}
