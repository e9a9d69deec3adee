import BelayCompiler

/// Named constants that bound what a run may do where a runbook is silent.
package enum Bounds {
    package static let approvalTimeout: Duration = .seconds(1800)
    /// How often the ask before the first change is tried when it fails.
    package static let firstAskTries = 3
    /// How often a call is started again because its probe says that it did not happen; then a person is asked.
    package static let probedAttempts = 3
}
