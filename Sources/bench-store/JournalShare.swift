import BelayEngine
import BelayStore
import Cryptography
import JSON

/// What canonical form, hashes, chains, commitments and the Merkle tree of a log's records cost by themselves.
struct JournalShare {
    let path: String

    /// CPU time for all records of the file, in seconds.
    func seconds() throws -> Double {
        let records = try AuditLog(path: path).records(RecordQuery(limit: .max))
        var frontier = MerkleFrontier()
        var heads: [String: Digest] = [:]
        let start = BenchStore.processor
        for stored in records {
            for payload in stored.payloads {
                let sealed = StoredPayload(
                    sealing: PayloadDraft(payload.name, payload.value ?? .null), salt: payload.salt)
                precondition(sealed.commitment == payload.commitment)
            }
            let bytes = stored.record.canonicalBytes()
            precondition(bytes.count == stored.bytes.count)
            frontier.append(MerkleHash.leaf(bytes))
            heads[stored.record.chain] = SHA256.hash(bytes)
        }
        return BenchStore.processor - start
    }
}
