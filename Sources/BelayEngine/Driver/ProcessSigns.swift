import Synchronization

/// What a process tells all runs that it drives: that it is being stopped, or that others wait for their places.
package final class ProcessSigns: Sendable {
    private struct State {
        var isStopping = false
        var isCrowded = false
    }

    private let state = Mutex(State())

    package init() {}

    /// No call begins any more; what is under way may end.
    package var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Whoever waits for a timer gives its place to others.
    package var isCrowded: Bool { state.withLock { $0.isCrowded } }

    package func stop() { state.withLock { $0.isStopping = true } }

    package func crowd(_ isCrowded: Bool) { state.withLock { $0.isCrowded = isCrowded } }
}
