package import BelayCompiler
import BelayEngine
import GRDB

/// Up to where somebody wants records to go.
package enum PruningLimit: Sendable, Hashable {
    /// Records from this index on stay.
    case index(Int64)
    /// The first record of this time or later stays, and all that follow it.
    case time(Timestamp)
}

/// What a pruning of records would take, and what holds it back; made without changing anything.
package struct PruningPlan: Sendable, Hashable {
    /// Something that still needs its records.
    package struct Obstacle: Sendable, Hashable {
        /// Its first record.
        package var index: Int64
        /// `run 0190… is waiting: approval`.
        package var what: String
    }

    /// How many records the log has, the pruned ones included.
    package var size: Int64 = 0
    /// How many were pruned before.
    package var pruned: Int64 = 0
    /// The first index that was asked to stay.
    package var asked: Int64 = 0
    /// What holds the cut before that, `nil` if nothing does.
    package var obstacle: Obstacle?
    /// The first index that stays: the size of a signed checkpoint. Not above `pruned` if nothing goes.
    package var cut: Int64 = 0
    package var records: Int64 { max(0, cut - pruned) }
    package var payloads: Int64 = 0
    /// Ended runs none of whose records stays, so that their rows go too.
    package var runs: Int64 = 0
    /// Program texts that no run needs any more.
    package var programs: Int64 = 0
    /// The bytes of records, payloads and programs that go.
    package var bytes: Int64 = 0
    /// When the last record that goes was written.
    package var until: Timestamp?
}

extension PruningPlan {
    init(_ db: Database, _ limit: PruningLimit) throws {
        size = try Int64.fetchOne(db, sql: "SELECT max(idx) + 1 FROM record") ?? 0
        pruned = try PrunedPrefix.cut(db)
        switch limit {
        case .index(let index): asked = min(max(0, index), size)
        case .time(let time):
            asked =
                try Int64.fetchOne(
                    db, sql: "SELECT idx FROM record WHERE at >= ? ORDER BY idx LIMIT 1",
                    arguments: [time.microseconds]) ?? size
        }
        let first = try Self.obstacles(db).min { $0.index < $1.index }
        if let first, first.index < asked { obstacle = first }
        cut =
            try Int64.fetchOne(
                db, sql: "SELECT max(size) FROM checkpoint WHERE size <= ?",
                arguments: [min(asked, obstacle?.index ?? asked)]) ?? 0
        if cut > pruned { try count(db) } else { cut = pruned }
    }

    private mutating func count(_ db: Database) throws {
        let recordBytes = try Int64.fetchOne(
            db, sql: "SELECT coalesce(sum(length(bytes)), 0) FROM record WHERE idx < ?",
            arguments: [cut])
        let gone = try Row.fetchOne(
            db, sql: "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM payload WHERE idx < ?",
            arguments: [cut])
        runs =
            try Int64.fetchOne(
                db, sql: "SELECT count(*) FROM run WHERE NOT \(Self.staysCondition)",
                arguments: [cut]) ?? 0
        let lost = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*), coalesce(sum(length(bytes)), 0) FROM program WHERE digest NOT IN
                    (SELECT program FROM run WHERE \(Self.staysCondition))
                """, arguments: [cut])
        payloads = gone?[0] ?? 0
        programs = lost?[0] ?? 0
        bytes = (recordBytes ?? 0) + (gone?[1] ?? 0) + (lost?[1] ?? 0)
        until = try Int64.fetchOne(
            db, sql: "SELECT at FROM record WHERE idx = ?", arguments: [cut - 1]
        ).map(Timestamp.init(microseconds:))
    }

    /// Whether some record of the run stays.
    private static let staysCondition =
        "EXISTS (SELECT 1 FROM record WHERE chain = run.id AND idx >= ?)"

    // MARK: What still needs its records

    /// The first of each kind. A pruned incident's words must have been erased before: then no decision has looked at
    /// it since, so that none can turn out otherwise because its records are gone.
    private static func obstacles(_ db: Database) throws -> [Obstacle] {
        try [runs, undecided, words, pauses, targets, reservations].compactMap { sql in
            try Row.fetchOne(
                db, sql: "SELECT idx, what FROM (\(sql)) WHERE idx NOT NULL ORDER BY idx LIMIT 1"
            )
            .map { Obstacle(index: $0[0], what: $0[1]) }
        }
    }

    /// Runs that have not ended, from their incident's first record on, and those whose outcome they wait for.
    private static let runs = """
        SELECT coalesce((SELECT idx FROM incident WHERE id = run.incident),
                (SELECT min(idx) FROM record WHERE chain = run.id)) AS idx,
            'run ' || id || ' is ' || phase || coalesce(': ' || reason, '') AS what
            FROM run WHERE phase IN ('ready', 'waiting', 'running')
        UNION ALL SELECT (SELECT min(idx) FROM record WHERE chain = substr(run.reason, 8)),
            'run ' || id || ' waits for run ' || substr(reason, 8)
            FROM run WHERE phase = 'waiting' AND reason LIKE 'joined:%'
        """
    private static let undecided = """
        SELECT idx, 'incident ' || id || ' is still to be decided' AS what FROM incident
            WHERE phase = 'received' OR wake_at NOT NULL
        """
    private static let words = """
        SELECT idx, 'the words of incident ' || id || ' are kept: belay store prune --days erases them'
            AS what FROM incident WHERE EXISTS
            (SELECT 1 FROM payload WHERE payload.idx IN (incident.idx, incident.body_idx))
        """
    private static let pauses = """
        SELECT idx, 'the pause of ' || scope || ' is in force' AS what FROM pause
        """
    private static let targets = """
        SELECT (SELECT min(idx) FROM record WHERE chain = target.run) AS idx,
            'target ' || name || ' is held by run ' || run AS what FROM target
        """
    private static let reservations = """
        SELECT min(idx, coalesce((SELECT min(idx) FROM record WHERE chain = ledger.run), idx)) AS idx,
            'run or incident ' || run || ' has reserved a place: ' || kind AS what
            FROM ledger WHERE phase = 'reserved'
        """
}
