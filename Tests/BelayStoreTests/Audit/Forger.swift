import BelayEngine
import Cryptography
import FoundationEssentials
import GRDB

/// Somebody with write access to a closed store's files, for the tests of what is noticed.
struct Forger {
    let path: String

    func sql(_ text: String, _ arguments: StatementArguments = []) throws {
        try change { try $0.execute(sql: text, arguments: arguments) }
    }

    func change<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.write(body)
    }

    func bytes(of index: Int64) throws -> [UInt8] {
        try change { db in
            let data = try Data.fetchOne(
                db, sql: "SELECT bytes FROM record WHERE idx = ?", arguments: [index])
            return [UInt8](data ?? Data())
        }
    }

    /// Writes other bytes; with `covering` the stored leaf hash too, as one who knows the schema would.
    func write(_ bytes: [UInt8], at index: Int64, covering: Bool) throws {
        let leaf = MerkleHash.leaf(bytes)
        try sql("UPDATE record SET bytes = ? WHERE idx = ?", [Data(bytes), index])
        if covering {
            try sql("UPDATE record SET leaf = ? WHERE idx = ?", [Data(leaf.bytes), index])
        }
    }

    /// Changes one word of a record into another of the same length.
    func replace(_ old: String, _ new: String, at index: Int64, covering: Bool) throws {
        let text = String(decoding: try bytes(of: index), as: UTF8.self)
        try write(Array(text.replacing(old, with: new).utf8), at: index, covering: covering)
    }

    /// Moves the records from `index` on by one place and puts a copy of one there, with the chain made good.
    func insertCopy(at index: Int64) throws {
        try change { db in
            for table in ["record", "payload"] {
                try db.execute(
                    sql: "UPDATE \(table) SET idx = -idx - 1 WHERE idx >= ?", arguments: [index])
                try db.execute(sql: "UPDATE \(table) SET idx = -idx WHERE idx < 0")
            }
            try db.execute(
                sql: """
                    INSERT INTO record(idx, id, chain, kind, at, leaf, bytes)
                        SELECT ?, 'new', chain, kind, at, leaf, bytes FROM record WHERE idx = ?
                    """, arguments: [index, index - 1])
        }
        try rechain(from: index)
    }

    /// Gives every record from the index on the id, `prev` and leaf hash that its place asks for.
    private func rechain(from index: Int64) throws {
        try change { db in
            var heads: [String: Digest] = [:]
            for row in try Row.fetchAll(
                db, sql: "SELECT key, value FROM kept_state WHERE part = 'chain'")
            {
                heads[row[0]] = Digest(hex: row[1])
            }
            for row in try Row.fetchAll(db, sql: "SELECT idx, bytes FROM record ORDER BY idx") {
                let place: Int64 = row[0]
                var record = try JournalRecord(canonical: [UInt8](row[1] as Data))
                if place == index {
                    record.id = UUIDv7.make(at: record.at, random: SecureRandom.bytes(10))
                }
                record.prev = heads[record.chain]
                let bytes = record.canonicalBytes()
                heads[record.chain] = SHA256.hash(bytes)
                try db.execute(
                    sql: "UPDATE record SET id = ?, bytes = ?, leaf = ? WHERE idx = ?",
                    arguments: [
                        record.id, Data(bytes), Data(MerkleHash.leaf(bytes).bytes), place,
                    ])
            }
        }
    }
}
