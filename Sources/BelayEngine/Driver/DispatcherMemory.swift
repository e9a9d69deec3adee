import BelayCompiler
import Synchronization

/// What a dispatcher keeps between decisions, all of which it reads from the store again after a restart.
final class DispatcherMemory: Sendable {
    private struct State {
        var storm = StormWindow()
        var isSeeded = false
        var isSettled = false
    }

    private let state = Mutex(State())

    /// Whether what the process before left behind was seen to: runs that share an ended one's outcome, and people
    /// who have not been told.
    var isSettled: Bool {
        get { state.withLock { $0.isSettled } }
        set { state.withLock { $0.isSettled = newValue } }
    }

    var isSeeded: Bool { state.withLock { $0.isSeeded } }

    func seed(_ incidents: [(target: String, at: Timestamp)]) {
        state.withLock { state in
            for incident in incidents { state.storm.note(incident.target, at: incident.at) }
            state.isSeeded = true
        }
    }

    /// Notes that a target is in trouble; the cluster if it is a storm now.
    func note(_ target: String, at time: Timestamp, _ storm: Storm, now: Timestamp) -> [String]? {
        state.withLock { state in
            state.storm.note(target, at: time)
            return state.storm.cluster(storm, at: now)
        }
    }
}
