import BelayCompiler
import JSON

/// Whether everything that was to be undone is undone.
enum Rollback {
    case complete
    case incomplete
}

/// A call that undoes what a step did.
struct Undoable {
    var path: String
    var call: Call
    var names: Names
}

extension Walker {
    /// Keeps how to undo a step that has done something; a failed one only if undoing needs not know how far it came.
    mutating func keepUndo(of step: Step, at path: String, _ end: StepEnd, in frame: Frame) {
        guard let call = step.rollback, !frame.isHandler else { return }
        switch end {
        case .ok: break
        case .skipped, .denied: return
        case .failed, .timedOut, .unknown:
            let recovery = context.environment.binding(for: call.action.name)?.recovery
            guard step.changes, state.calls[path]?.mayHaveBegun ?? false,
                recovery == .idempotent || recovery == .keyed
            else { return }
        }
        var names = frame.names
        names.target = state.calls[path]?.last?.intent.target
        undoable.append(Undoable(path: path, call: call, names: names))
    }

    /// Undoes what was done, the latest first; a failed rollback does not stop the others. Nil while one runs.
    mutating func walkRollbacks(_ undoable: [Undoable]) -> Rollback? {
        var rollback = Rollback.complete
        for item in undoable.reversed() {
            let end = walkCall(
                item.call, retry: RetryPolicy(), verify: nil,
                at: CallPlace.rollback + item.path,
                in: Frame(names: item.names, asksUntil: false, isHandler: true))
            guard let end else { return nil }
            if end.isFailure { rollback = .incomplete }
        }
        return rollback
    }
}
