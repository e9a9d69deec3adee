import BelayCompiler
import BelayEngine
import Cryptography
import GRDB

/// A store file as one connection sees it within a transaction; the writer's own also knows what it remembers.
struct SQLiteView: StoreView {
    private let reading: SQLiteReading
    private let core: StoreCore
    private let tables: SQLiteTables?

    init(_ db: Database, _ core: StoreCore, _ tables: SQLiteTables? = nil) {
        reading = SQLiteReading(db: db)
        self.core = core
        self.tables = tables
    }

    private func attempt<Value>(
        _ body: (SQLiteReading) throws -> Value
    ) throws(StoreError) -> Value {
        try SQLiteFailure.attempt { try body(reading) }
    }

    func run(_ id: String) throws(StoreError) -> RunRow? {
        if let tables { return try tables.run(id) }
        return try attempt { try $0.run(id) }
    }

    func runs(_ filter: RunFilter) throws(StoreError) -> [RunRow] {
        try attempt { try $0.runs(filter) }
    }

    func incident(_ id: String) throws(StoreError) -> IncidentRow? {
        try attempt { try $0.incident(id) }
    }

    func incidents(_ filter: IncidentFilter) throws(StoreError) -> [IncidentRow] {
        try attempt { try $0.incidents(filter, core.identity, now: core.world.now()) }
    }

    func events(ofRun id: String) throws(StoreError) -> [StoredRecord] {
        try attempt { try $0.events(ofRun: id) }
    }

    func records(_ query: RecordQuery) throws(StoreError) -> [StoredRecord] {
        try attempt { try $0.records(query) }
    }

    func limits(committedSince horizon: Timestamp) throws(StoreError) -> LimitState {
        if let tables { return try tables.limits(committedSince: horizon, at: core.world.now()) }
        return try attempt { reading in
            var state = try reading.limits(since: horizon).state
            state.pauses = try reading.pauses().map(Pause.init)
            return state
        }
    }

    func pauses() throws(StoreError) -> [PauseRow] {
        if let tables { return try tables.pauses() }
        return try attempt { try $0.pauses() }
    }

    func program(_ digest: Digest) throws(StoreError) -> ProgramText? {
        try attempt { try $0.program(digest) }
    }
}
