package import BelayCompiler
package import Cryptography

/// The store as it stands at one moment: what a reader asks, and what a decision is made of.
package protocol StoreView {
    func run(_ id: String) throws(StoreError) -> RunRow?

    func runs(_ filter: RunFilter) throws(StoreError) -> [RunRow]

    func incident(_ id: String) throws(StoreError) -> IncidentRow?

    /// In the order in which they came; of those due, the ones whose time has come before the received.
    func incidents(_ filter: IncidentFilter) throws(StoreError) -> [IncidentRow]

    /// All records of a run in order: what its state is folded from.
    func events(ofRun id: String) throws(StoreError) -> [StoredRecord]

    /// Records in index order.
    func records(_ query: RecordQuery) throws(StoreError) -> [StoredRecord]

    /// The ledger; entries that were committed before `horizon` may be missing.
    func limits(committedSince horizon: Timestamp) throws(StoreError) -> LimitState

    /// The pauses that nobody has lifted and that have not expired on record, in the order of the log.
    func pauses() throws(StoreError) -> [PauseRow]

    func program(_ digest: Digest) throws(StoreError) -> ProgramText?
}

/// Single questions to a store.
extension Store {
    package func run(_ id: String) async throws(StoreError) -> RunRow? {
        try await read { view throws(StoreError) in try view.run(id) }
    }

    package func runs(_ filter: RunFilter) async throws(StoreError) -> [RunRow] {
        try await read { view throws(StoreError) in try view.runs(filter) }
    }

    package func incident(_ id: String) async throws(StoreError) -> IncidentRow? {
        try await read { view throws(StoreError) in try view.incident(id) }
    }

    package func incidents(_ filter: IncidentFilter) async throws(StoreError) -> [IncidentRow] {
        try await read { view throws(StoreError) in try view.incidents(filter) }
    }

    package func events(ofRun id: String) async throws(StoreError) -> [StoredRecord] {
        try await read { view throws(StoreError) in try view.events(ofRun: id) }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [StoredRecord] {
        try await read { view throws(StoreError) in try view.records(query) }
    }

    package func limits(
        committedSince horizon: Timestamp
    ) async throws(StoreError) -> LimitState {
        try await read { view throws(StoreError) in try view.limits(committedSince: horizon) }
    }

    package func pauses() async throws(StoreError) -> [PauseRow] {
        try await read { view throws(StoreError) in try view.pauses() }
    }

    package func program(_ digest: Digest) async throws(StoreError) -> ProgramText? {
        try await read { view throws(StoreError) in try view.program(digest) }
    }
}

/// Which runs to read; all that is given must hold.
package struct RunFilter: Sendable, Hashable {
    package var phases: [RunPhase]?
    package var incident: String?
    package var runbook: String?
    /// Its id, which several runbooks may have.
    package var rule: String?
    /// Newest first; at most this many.
    package var limit: Int

    package init(
        phases: [RunPhase]? = nil, incident: String? = nil, runbook: String? = nil,
        rule: String? = nil, limit: Int = 1000
    ) {
        self.phases = phases
        self.incident = incident
        self.runbook = runbook
        self.rule = rule
        self.limit = limit
    }

    /// Only the runs of a rule, as people name it: by its id, or by its runbook and its id, as in `cache/pressure`.
    package mutating func choose(rule name: String) {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        runbook = parts.count == 2 ? String(parts[0]) : nil
        rule = parts.last.map(String.init)
    }

    package static let open: [RunPhase] = [.ready, .running, .waiting]
}

/// Which incidents to read.
package enum IncidentFilter: Sendable, Hashable {
    /// Those to decide now: received, or suppressed until a time that has come.
    case due(limit: Int)
    /// All reports of one problem, resolve notices too, whenever they came.
    case problem(source: String, fingerprint: String)
    /// Of those the newest, and the first with a given start: at most so many of each.
    case reports(source: String, fingerprint: String, startedAt: Timestamp, most: Int)
    /// The newest.
    case latest(limit: Int)
}

/// Which records to read; all that is given must hold.
package struct RecordQuery: Sendable, Hashable {
    /// The first index that may be answered: the last one read plus one, to page.
    package var from: Int64
    package var limit: Int
    /// The incident itself and all its runs.
    package var incident: String?
    package var run: String?
    package var kinds: [RecordKind]?
    package var since: Timestamp?
    package var until: Timestamp?
    package var withPayloads: Bool

    package init(
        from: Int64 = 0, limit: Int = 1000, incident: String? = nil, run: String? = nil,
        kinds: [RecordKind]? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        withPayloads: Bool = true
    ) {
        self.from = from
        self.limit = limit
        self.incident = incident
        self.run = run
        self.kinds = kinds
        self.since = since
        self.until = until
        self.withPayloads = withPayloads
    }
}
