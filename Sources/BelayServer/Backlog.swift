import Synchronization

/// About how many accepted incidents wait for their decision: what the queue's bound is judged by.
final class Backlog: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add(_ number: Int) { count.withLock { $0 += number } }

    /// Decisions were made; if nothing that is due is left, whatever else was counted is decided too.
    func decided(_ number: Int, all: Bool) {
        count.withLock { $0 = all ? 0 : max(0, $0 - number) }
    }
}
