import BelayCompiler

/// Named constants that bound what a run may do where a runbook is silent.
package enum Bounds {
    package static let approvalTimeout: Duration = .seconds(1800)
    /// How often the ask before the first change is tried when it fails.
    package static let firstAskTries = 3
    /// How often a call is started again because its probe says that it did not happen; then a person is asked.
    package static let probedAttempts = 3

    /// How long a claim holds before it must be renewed.
    package static let lease: Duration = .seconds(30)
    /// How often a lease is renewed.
    package static let renewal: Duration = .seconds(10)
    /// No change starts when less than this is left of a lease.
    package static let leaseMargin: Duration = .seconds(10)
    /// Leases lost without a new result, after which a run waits for a person.
    package static let recoveries = 5
    /// How long a changing step waits for a target that another run holds.
    package static let leaseTimeout: Duration = .seconds(300)
    /// How long a timer is waited for in its place while others wait for one.
    package static let crowdedPatience: Duration = .seconds(1)
    package static let targetPoll: Duration = .milliseconds(500)
    /// How much longer than its time-out a provider may take before it is cut off.
    package static let providerGrace: Duration = .seconds(2)
    /// How long a person's word may take to reach a run that is under way.
    package static let tellingTimeout: Duration = .seconds(10)
    /// Committed limit entries older than this matter to no rule.
    package static let limitHorizon: Duration = .seconds(30 * 86_400)
    /// How many reports of one fingerprint a decision looks at: the newest, and as many of the first with its start.
    package static let reports = 32
    /// How many decisions are given to the store's writer at once.
    package static let decisions = 8
    /// How many incidents wait in one group's queue.
    package static let queueLength = 100
    /// How long an incident waits there before it is too stale to act on.
    package static let queueTime: Duration = .seconds(3600)
    /// How soon a remedy is looked at again whose obstacle ends at no known time.
    package static let obstaclePoll: Duration = .seconds(30)
    /// After so long a remedy that was held back is not tried again by itself.
    package static let retryHorizon: Duration = .seconds(86_400)
    /// An incident on a target within this time after an own change to it is caused by that change.
    package static let causeWindow: Duration = .seconds(600)
    /// Which incident in a row that own changes caused is acted on no more.
    package static let causeDepth = 3
}
