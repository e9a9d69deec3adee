/// How the driving of a run ended.
package enum DriveEnd: Sendable, Hashable {
    case finished(RunResult)
    /// It waits for `approval`, `person` or `timer` and holds no lease; it is claimed again when that has come.
    case parked(reason: String)
    /// Another process has the run now.
    case leaseLost
    /// The task was cancelled: the run stays as it is and is recovered by whoever claims it.
    case stopped

    package var result: RunResult? { if case .finished(let result) = self { result } else { nil } }
}
