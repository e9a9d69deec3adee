/// Named constants of what drives a run for real.
package enum DriverBounds {
    /// How long a claimed run is ours without renewing.
    package static let lease: Duration = .seconds(30)
    /// How often a lease is renewed.
    package static let renewal: Duration = .seconds(10)
    /// No effect starts when less than this is left of a lease.
    package static let leaseMargin: Duration = .seconds(10)
    /// How long a step waits for a target that another run holds.
    package static let targetWait: Duration = .seconds(300)
    /// How often a held target is tried again.
    package static let targetPoll: Duration = .seconds(1)
    /// What a provider gets beyond a call's time-out to say so itself.
    package static let grace: Duration = .seconds(1)
    /// The largest answer that is kept, in bytes of its JSON text.
    package static let outputBytes = 1 << 20
    /// Leases lost without a new result, after which a run waits for a person.
    package static let recoveries = 5
    /// How often a decision is made again because limits moved meanwhile.
    package static let decisions = 20
    /// How far back the ledger is read for limits.
    package static let ledgerHorizon: Duration = .seconds(7 * 86_400)
}
