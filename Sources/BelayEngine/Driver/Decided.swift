import Synchronization

/// An incident that is to be decided.
struct Due: Sendable {
    var incident: Incident
    /// The store's id of it.
    var id: String
    /// Whether its turn in a queue has come.
    var isQueued = false
    /// Whether a storm was noticed at it, so that it is decided under the pause.
    var isAfterStorm = false
}

/// What one decision comes to, before it is durable.
struct Made: Sendable {
    /// Nil if a storm was noticed instead.
    var decision: Decision?
    var claimed: [DispatchBatch.Claimed]
    var notices: [RunNotice] = []
    var deferred = 0
    var heldBack: [HeldBack] = []
}

/// What one decision has come to.
struct Decided: Sendable {
    var decision: Decision?
    var dispatched = Dispatched()

    init(_ answer: StoreAnswer<Made>) {
        decision = answer.value.decision
        dispatched.decided = decision == nil ? 0 : 1
        dispatched.begun = answer.value.claimed.begun(answer.receipt)
        dispatched.notices = answer.value.notices
        dispatched.deferred = answer.value.deferred
        dispatched.heldBack = answer.value.heldBack
    }
}

extension [DispatchBatch.Claimed] {
    /// The runs with their leases.
    func begun(_ receipt: StoreReceipt) -> [Dispatcher.Begun] {
        zip(self, receipt.leases).map {
            Dispatcher.Begun(
                context: $0.context, state: $0.state, lease: $1, reservations: $0.reservations)
        }
    }
}

/// How many of the runs that decisions begin one after another are driven at once; each may be made again.
final class Places: Sendable {
    private let most: Int
    private let given: Mutex<[Int]>

    init(_ most: Int, of count: Int) {
        self.most = most
        given = Mutex(Array(repeating: 0, count: count))
    }

    func give(_ count: Int, to number: Int) { given.withLock { $0[number] = count } }

    /// Whether there is one left after those before.
    func areLeft(to number: Int) -> Bool {
        given.withLock { $0[..<number].reduce(0, +) < most }
    }
}
