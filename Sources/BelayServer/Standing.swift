import Synchronization

/// Whether a process takes work in: until it is told to stop, and while its store can be written.
final class Standing: Sendable {
    private struct State {
        var isRunning = false
        var isDraining = false
        var isBroken = false
    }

    private let state = Mutex(State())

    var isAccepting: Bool { state.withLock { !$0.isDraining && !$0.isBroken } }
    var isRunning: Bool { state.withLock { $0.isRunning } }
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Why it is not ready, nil if it is.
    var obstacle: String? {
        state.withLock { state in
            if state.isDraining { return "draining" }
            if state.isBroken { return "the journal cannot be written" }
            return state.isRunning ? nil : "starting"
        }
    }

    func run() { state.withLock { $0.isRunning = true } }

    /// False if it was draining already.
    func drain() -> Bool {
        state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    func breakDown() { state.withLock { $0.isBroken = true } }
}
