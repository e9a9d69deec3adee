import BelayCompiler
import Synchronization

/// Closed when a person cancels the run: calls that still wait for room then do not begin.
final class CallGate: Sendable {
    private let closed = Mutex(false)

    var isClosed: Bool { closed.withLock { $0 } }

    func close() { closed.withLock { $0 = true } }
}

extension [Pause] {
    /// Why a changing call of a runbook must not begin; nil if no pause covers it.
    func refusal(_ intent: CallIntent, _ runbook: String, at now: Timestamp) -> ActionOutcome? {
        let scopes: [Pause.Scope] = [
            .everything, .changes, .runbook(runbook), .provider(intent.provider),
            .target(intent.target ?? ""),
        ]
        let pause = first { $0.isInForce(at: now) && scopes.contains($0.scope) }
        return pause.map {
            .failed(
                .denied, retryable: false,
                message: "changes are paused (\($0.scope.text)): \($0.reason)")
        }
    }
}
