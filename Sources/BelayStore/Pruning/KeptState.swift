import BelayEngine
import Cryptography

/// What stays of the state that pruned records had made when the first kept record was written, and the heads of
/// their chains that may go on: rows of text, in order, so that one digest in the record `retention.pruned` stands
/// for all of them.
struct KeptState: Sendable, Hashable {
    /// What a row is about; the names are those of the tables.
    enum Part: String, Sendable, CaseIterable {
        case chain, incident, ledger, pause, run, target
    }

    /// One row: `run/0190…`, and what was so of it.
    struct Row: Sendable, Hashable {
        var part: String
        var key: String
        var value: String
    }

    /// In order of part and key, byte by byte, as SQLite sorts them.
    private(set) var rows: [Row] = []

    init() {}

    init(_ rows: [Row]) {
        self.rows = rows.sorted { a, b in
            a.part == b.part
                ? a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
                : a.part.utf8.lexicographicallyPrecedes(b.part.utf8)
        }
    }

    /// The SHA-256 of all rows, each as `part/key=value` and a line end.
    var digest: Digest {
        var hash = SHA256()
        for row in rows { hash.update(Array("\(row.part)/\(row.key)=\(row.value)\n".utf8)) }
        return hash.finalize()
    }

    /// The hash of the last pruned record of each chain that may go on.
    func heads() throws(KeptFault) -> [ChainKey: Digest] {
        var heads: [ChainKey: Digest] = [:]
        for row in rows where row.part == Part.chain.rawValue {
            guard let head = Digest(hex: row.value) else { throw KeptFault(row) }
            heads[ChainKey(row.key)] = head
        }
        return heads
    }
}

/// A kept row that cannot be read.
struct KeptFault: Error {
    let message: String

    init(_ row: KeptState.Row) {
        message = "the kept \(row.part) \(row.key) cannot be read"
    }
}
