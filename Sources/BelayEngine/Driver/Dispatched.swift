package import BelayCompiler

/// What came of one look at everything that is due: runs to drive, and notices for runs under way.
package struct Dispatched: Sendable {
    /// Begun and claimed by this process: each is to be driven with `RunDriver.carry`, from its `state`.
    package var begun: [Dispatcher.Begun] = []
    /// What sources say of runs under way, already on disk. Whoever drives one of these passes the notice on as
    /// `RunInput.notice`, so that it acts at once; a run that nobody drives reads it when it is claimed.
    package var notices: [RunNotice] = []
    /// Runs that were begun and not claimed: they are `ready` for whoever has a place.
    package var deferred = 0
    /// Incidents that were decided, notices among them.
    package var decided = 0
    /// What matched and is held back, newly on record as that.
    package var heldBack: [HeldBack] = []

    package init() {}

    package mutating func add(_ other: Dispatched) {
        begun += other.begun
        notices += other.notices
        deferred += other.deferred
        decided += other.decided
        heldBack += other.heldBack
    }
}

/// A rule that matches an incident and is held back, with why and until when.
package struct HeldBack: Sendable, Hashable {
    /// The store's id of it.
    package var incident: String
    /// `cache/cache-memory-pressure`.
    package var rule: String
    /// What the incident is about.
    package var target: String?
    package var reason: Suppression
    /// When it is decided again by itself; nil where no time is known.
    package var until: Timestamp?
}

/// A source says of a run's problem that it is over, or that somebody has it.
package struct RunNotice: Sendable, Hashable {
    package var run: String
    package var status: IncidentStatus

    package init(run: String, status: IncidentStatus) {
        self.run = run
        self.status = status
    }
}

/// What became of an input for a run.
package enum Telling: Sendable, Hashable {
    /// The run waited: the input is on record and the run is due, so that whoever claims next carries it on.
    case recorded
    /// Somebody drives the run now: pass the input to the stream that it was given.
    case underWay
    /// Its process is gone: the next one settles what was under way first.
    case abandoned
    /// The run is over, or the input means nothing to it: answered already, not asked, not allowed.
    case meaningless
}
