import BelayCompiler

/// What a driver tells whoever watches, in the order in which it became durable.
package enum RunProgress: Sendable {
    /// An event of the run, now on disk.
    case recorded(run: String, RecordedEvent)
    /// A call waits for a target that another run holds.
    case waitsForTarget(run: String, target: String, holder: String)
    /// The run waits for something outside and has been put aside.
    case parked(run: String, reason: String)
}

/// How the driving of a run ended.
package enum DriveEnd: Sendable, Hashable {
    case finished(RunResult)
    /// It waits for `approval`, `person` or `timer`; somebody claims it again when that has come.
    case parked(reason: String)
    /// Another process has the run now.
    case leaseLost
}
