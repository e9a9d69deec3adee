import BelayEngine
import BelayStore
import GRDB

/// Writes the rows of a store file once more into an empty one of the same tables, in a given number of commits: what
/// the medium alone takes. What the engine wrote again is written again here.
struct RowReplay {
    private static let tables = [
        "record", "payload", "node", "run", "incident", "ledger", "target", "program",
    ]

    private let schema: [String]
    private var rows: [(table: String, rows: [Row])] = []
    private var again: [Again] = []

    /// A row that is written once more.
    private struct Again {
        var sql: String
        var arguments: StatementArguments
    }

    init(path: String) throws {
        let queue = try DatabaseQueue(path: path)
        schema = try queue.read { db in
            try String.fetchAll(
                db,
                sql:
                    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'")
        }
        for table in Self.tables {
            let found = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM \(table)") }
            rows.append((table, found.map { $0.copy() }))
        }
        try queue.close()
        noteAgain()
    }

    /// An incident is decided; a run is claimed, its lease set, and it ends; a limit counts from the first change; a
    /// target is taken and given back.
    private mutating func noteAgain() {
        func rows(_ table: String) -> [Row] { self.rows.first { $0.table == table }?.rows ?? [] }
        for row in rows("incident") {
            add("UPDATE incident SET phase = 'decided', reason = 'run' WHERE id = ?", [row["id"]])
        }
        for row in rows("run") {
            add("UPDATE run SET epoch = 1, phase = 'running' WHERE id = ?", [row["id"]])
            add("UPDATE run SET lease_until = 1 WHERE id = ?", [row["id"]])
            add("UPDATE run SET phase = 'succeeded' WHERE id = ?", [row["id"]])
        }
        for row in rows("ledger") {
            add("UPDATE ledger SET phase = 'committed', at = at + 1 WHERE idx = ?", [row["idx"]])
            guard row["kind"] == "target_budget" else { continue }
            add(
                "INSERT OR REPLACE INTO target VALUES (?, ?, ?)",
                [row["key"], row["name"], row["run"]])
            add("DELETE FROM target WHERE run = ?", [row["run"]])
        }
    }

    private mutating func add(_ sql: String, _ arguments: StatementArguments) {
        again.append(Again(sql: sql, arguments: arguments))
    }

    func run(into path: String, commits: Int) throws {
        let pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Tuning.apply(db)
            for sql in schema { try db.execute(sql: sql) }
            for commit in 0..<commits {
                try db.inTransaction(.immediate) {
                    for (table, rows) in rows {
                        for row in Self.part(commit, of: commits, rows) {
                            try insert(row, table, db)
                        }
                    }
                    for write in Self.part(commit, of: commits, again) {
                        try db.cachedStatement(sql: write.sql).execute(arguments: write.arguments)
                    }
                    return .commit
                }
            }
        }
        try pool.close()
    }

    private static func part<T>(_ number: Int, of count: Int, _ all: [T]) -> ArraySlice<T> {
        all[all.count * number / count..<all.count * (number + 1) / count]
    }

    private func insert(_ row: Row, _ table: String, _ db: Database) throws {
        let marks = row.columnNames.map { _ in "?" }.joined(separator: ",")
        try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(marks))").execute(
            arguments: StatementArguments(row.databaseValues))
    }
}
