import BelayCompiler

extension ActionOutcome {
    /// Who did not answer in time and may be asked again has `timed_out`. Any other answer that was lost stays so,
    /// whatever may be repeated: it may have happened, and uses up what it was allowed.
    func judged(by recovery: RecoveryClass) -> ActionOutcome {
        guard case .lost(let failure, let message) = self, failure == .timeout,
            recovery.mayRepeat
        else { return self }
        return .failed(failure, retryable: true, message: message)
    }
}
