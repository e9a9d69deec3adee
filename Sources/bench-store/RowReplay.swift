import BelayEngine
import GRDB

/// Writes the rows of a store file once more into an empty one of the same tables, in a given number of commits: what
/// the medium alone takes.
struct RowReplay {
    private static let tables = [
        "record", "payload", "node", "run", "incident", "ledger", "target", "program",
    ]

    private let schema: [String]
    private var rows: [(table: String, rows: [Row])] = []
    private var updates: [String] = []

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
        // A run's row is written three times: made, claimed, ended.
        let runs = rows.first { $0.table == "run" }?.rows ?? []
        updates = runs.flatMap { row -> [String] in [row["id"], row["id"]] }
        try queue.close()
    }

    func run(into path: String, commits: Int) throws {
        let pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            for sql in schema { try db.execute(sql: sql) }
            for commit in 0..<commits {
                try db.inTransaction(.immediate) {
                    for (table, rows) in rows {
                        for row in Self.part(commit, of: commits, rows) {
                            try insert(row, table, db)
                        }
                    }
                    for id in Self.part(commit, of: commits, updates) {
                        try db.cachedStatement(
                            sql: "UPDATE run SET epoch = 1, phase = 'running' WHERE id = ?"
                        )
                        .execute(arguments: [id])
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
