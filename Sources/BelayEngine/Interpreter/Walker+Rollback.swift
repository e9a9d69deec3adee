import BelayCompiler
import JSON

/// Whether everything that was to be undone is undone.
enum Rollback {
    case complete
    case incomplete
}

extension Walker {
    /// Undoes what was done, the latest first; a failed rollback does not stop the others. Nil while one runs.
    mutating func walkRollbacks(after frame: Frame) -> Rollback? {
        guard let failure = frame.failure else { return .complete }
        var rollback = Rollback.complete
        for item in ownRollback(of: failure, in: frame) + undoable.reversed() {
            let end = walkCall(
                item.call, retry: RetryPolicy(), verify: nil, at: "rollback:\(item.path)",
                in: item.frame,
                failure: nil)
            guard let end else { return nil }
            if end.isFailure { rollback = .incomplete }
        }
        return rollback
    }

    /// The failed step's own rollback, if it may be called without knowing how far the step came.
    private func ownRollback(of failure: Frame.Failure, in frame: Frame) -> [Undoable] {
        guard let call = failure.step.rollback, failure.step.changes,
            state.calls[failure.path] != nil,
            let binding = context.environment.binding(for: call.action.name),
            binding.recovery == .idempotent || binding.recovery == .keyed
        else { return [] }
        return [Undoable(path: failure.path, call: call, frame: frame)]
    }
}
