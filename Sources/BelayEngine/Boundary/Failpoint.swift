/// The places at which a test may let the process die or wait; the names are those that tests use.
package enum Failpoint: String, Sendable, CaseIterable {
    case acceptBeforeCommit = "accept.before_commit"
    case acceptAfterCommit = "accept.after_commit"
    case claimAfterCommit = "claim.after_commit"
    case intentBeforeCommit = "intent.before_commit"
    case intentAfterCommit = "intent.after_commit"
    case effectBefore = "effect.before"
    case effectAfter = "effect.after"
    case resultBeforeCommit = "result.before_commit"
    case resultAfterCommit = "result.after_commit"
    case timerFire = "timer.fire"
    case sequencerBatch = "sequencer.batch"
    case checkpointBeforeSign = "checkpoint.before_sign"
    case checkpointAfterFile = "checkpoint.after_file"
    case reloadSwap = "reload.swap"
    case drainBegin = "drain.begin"
}

/// What happens at failpoints: nothing, unless a test asks for it.
package struct Failpoints: Sendable {
    private let action: (@Sendable (Failpoint) -> Void)?

    /// Nothing happens anywhere.
    package static let none = Failpoints()

    private init() { action = nil }

    package init(_ action: @escaping @Sendable (Failpoint) -> Void) { self.action = action }

    /// Whether anything may happen at all.
    package var areSet: Bool { action != nil }

    /// Tells that the process has come to this place.
    package func pass(_ point: Failpoint) { action?(point) }
}
