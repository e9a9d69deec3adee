import Synchronization

/// About how many accepted incidents wait for their decision, or for a place in which to be acted on: what the queue's
/// bound is judged by.
final class Backlog: Sendable {
    private struct Counts {
        var undecided = 0
        /// How many of these were there when the supervisor last looked for what is due.
        var seen = 0
        /// Runs that are `ready` and that nobody drives.
        var ready = 0
    }

    private let counts = Mutex(Counts())

    var value: Int { counts.withLock { $0.undecided + $0.ready } }

    func add(_ number: Int) { counts.withLock { $0.undecided += number } }

    /// The supervisor looks for what is due.
    func look() { counts.withLock { $0.seen = $0.undecided } }

    /// Decisions were made; if nothing is left that was due, whatever was counted before the look is decided too.
    func decided(_ number: Int, all: Bool) {
        counts.withLock { $0.undecided = max(0, $0.undecided - (all ? $0.seen : number)) }
    }

    func waitForAPlace(_ number: Int) { counts.withLock { $0.ready += number } }

    func foundAPlace() { counts.withLock { $0.ready = max(0, $0.ready - 1) } }
}
