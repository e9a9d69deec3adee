package import BelayCompiler
package import BelayEngine
import Cryptography
import GRDB
import Synchronization

extension SQLiteStore {
    /// Erases the payloads of incidents that came before the time and whose runs have all ended; the log stays whole.
    /// Each is on record as `retention.pruned`; the answer is how many payloads there were.
    package func prune(
        receivedBefore time: Timestamp, actor: RecordActor
    ) async throws(StoreError) -> Int {
        let old: [String]
        do {
            old = try await pool.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT id FROM incident i WHERE received_at < ?
                            AND EXISTS (SELECT 1 FROM payload WHERE idx = i.idx)
                            AND NOT EXISTS (SELECT 1 FROM run WHERE incident = i.id
                                AND phase IN ('ready', 'waiting', 'running')) ORDER BY i.idx
                        """, arguments: [time.microseconds])
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
