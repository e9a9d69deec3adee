package import BelayEngine

extension TransferFailure {
    /// What a request without an answer means for the step: not sent is failed, sent is lost.
    package var outcome: ActionOutcome {
        switch cause {
        case .forbidden: .failed(.denied, retryable: false, message: message)
        case .refused: .failed(.invalid, retryable: false, message: message)
        case .unusable: .failed(.unavailable, retryable: false, message: message)
        case .cancelled where !sent: .failed(.cancelled, retryable: false, message: message)
        case .cancelled: .lost(.cancelled, message: message)
        case .timeout where sent: .lost(.timeout, message: message)
        case _ where sent: .lost(.unavailable, message: message)
        default: .failed(.unavailable, retryable: true, message: message)
        }
    }
}
