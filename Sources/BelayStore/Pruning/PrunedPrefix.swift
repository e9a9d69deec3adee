import BelayEngine
import Cryptography
import GRDB

/// What a journal keeps of the records that were pruned: the hash of each, and what they had made.
struct PrunedPrefix: Sendable {
    /// The leaf hashes from index 0 on.
    var leaves: [Digest] = []
    var kept = KeptState()
    /// What is wrong with the form of it.
    var faults: [VerificationFault] = []

    /// How many records were pruned.
    var cut: Int64 { Int64(leaves.count) }

    init() {}

    /// Reads it from a database; one of an earlier version has none.
    init(_ db: Database) throws {
        guard try Schema.hasPruning(db) else { return }
        let rows = try RawRows(db, "SELECT idx, leaf FROM kept_leaf ORDER BY idx")
        while try rows.next() {
            guard rows.integer(0) == cut, let leaf = Digest(rows.blob(1)) else {
                faults.append(
                    VerificationFault(
                        .wrongCut, index: cut, table: "kept_leaf",
                        "the hash of this record is gone"))
                break
            }
            leaves.append(leaf)
        }
        kept = KeptState(
            try Row.fetchAll(db, sql: "SELECT part, key, value FROM kept_state").map {
                KeptState.Row(part: $0[0], key: $0[1], value: $0[2])
            })
        if leaves.isEmpty, !kept.rows.isEmpty {
            kept = KeptState()
            faults.append(
                VerificationFault(
                    .wrongCut, index: 0, table: "kept_leaf", "the hashes of pruned records are gone"
                ))
        }
        let below = try Int64.fetchOne(
            db, sql: "SELECT min(idx) FROM record WHERE idx < ?", arguments: [cut])
        if cut > 0, let below {
            faults.append(
                VerificationFault(
                    .wrongCut, index: below, table: "record", "it was pruned and is here again"))
        }
    }
}

extension PrunedPrefix {
    /// Where the kept records of a database begin.
    static func cut(_ db: Database) throws -> Int64 {
        guard try Schema.hasPruning(db) else { return 0 }
        return try Int64.fetchOne(db, sql: "SELECT max(idx) + 1 FROM kept_leaf") ?? 0
    }
}
