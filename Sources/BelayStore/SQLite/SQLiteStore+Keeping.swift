package import BelayCompiler
package import BelayEngine
import Cryptography
import GRDB
import Synchronization

extension SQLiteStore {
    /// Erases the payloads of incidents that came before the time, that nothing waits for and whose runs have all
    /// ended; the log stays whole. Each is on record as `retention.pruned`; the answer is how many payloads there were.
    package func prune(
        receivedBefore time: Timestamp, actor: RecordActor
    ) async throws(StoreError) -> Int {
        let old: [String]
        do {
            old = try await pool.read { db in
                try ErasablePayloads.incidents(db, receivedBefore: time)
            }
        } catch {
            throw SQLiteFailure.storeError(error)
        }
        var count = 0
        for incident in old {
            count += try await writer.write { (core, tables) throws(StoreError) in
                try core.forget(
                    incident: incident, actor: actor, as: .retentionPruned, tables)
            }
        }
        return count
    }

    /// Signs from now on with a new key, by order of a person. The old key signs for everything up to now; both are
    /// known to verifiers.
    package func rotateKey(by actor: RecordActor) async throws(StoreError) {
        if let fork { throw .forked(fork) }
        _ = try await checkpoint(always: true)
        let core = writer.core
        let signer = try files.makeSigner(
            named: core.identity.log, seed: core.world.randomBytes(Ed25519.seedByteCount))
        checkpoints.withLock {
            $0 = Checkpoints(signer: signer, last: $0.last, fork: nil)
        }
        _ = try await writer.write { (core, tables) throws(StoreError) in
            try core.append(
                RecordDraft(.logKeyRotated, actor: actor, reason: "ordered"), tables)
        }
        _ = try await checkpoint(always: true)
    }
}

/// Which payloads an order to erase old ones takes.
package struct ErasablePayloads: Sendable, Hashable {
    package var incidents: Int
    package var payloads: Int

    /// Spared are those that wait to be decided, now, later or in a queue, and the reports of a problem that a run has
    /// in hand.
    static func incidents(_ db: Database, receivedBefore time: Timestamp) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT id FROM incident i WHERE received_at < ?
                    AND phase <> 'received' AND wake_at IS NULL
                    AND EXISTS (SELECT 1 FROM payload WHERE idx = i.idx)
                    AND NOT EXISTS (SELECT 1 FROM ledger WHERE run = i.id AND kind = 'queue')
                    AND NOT EXISTS (SELECT 1 FROM run WHERE incident = i.id
                        AND phase IN ('ready', 'waiting', 'running'))
                    AND NOT EXISTS (SELECT 1 FROM incident o JOIN run r ON r.incident = o.id
                        WHERE o.problem = i.problem AND r.phase IN ('ready', 'waiting', 'running'))
                    ORDER BY i.idx
                """, arguments: [time.microseconds])
    }
}

extension AuditLog {
    /// What an order to erase the payloads of incidents before a time would take; nothing is changed.
    package func erasable(receivedBefore time: Timestamp) throws(StoreError) -> ErasablePayloads {
        try read { db in
            let old = try ErasablePayloads.incidents(db, receivedBefore: time)
            var payloads = 0
            for id in old {
                payloads +=
                    try Int.fetchOne(
                        db,
                        sql: """
                            SELECT count(*) FROM payload WHERE idx IN (SELECT idx FROM record
                                WHERE chain = ? OR chain IN (SELECT id FROM run WHERE incident = ?))
                            """, arguments: [id, id]) ?? 0
            }
            return ErasablePayloads(incidents: old.count, payloads: payloads)
        }
    }
}
