package import BelayCompiler
import BelayEngine
import Synchronization

/// A world whose clock stands still until everybody sleeps and then goes to the first who wakes.
///
/// Whoever asks for the time again and again without letting it pass would hang a simulation without a word: that ends
/// the process, and names the seed.
package final class VirtualWorld: World {
    private struct Sleeper {
        var id: Int
        var until: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Timestamp(microseconds: 1_772_330_400_000_000)
        var started = Timestamp(microseconds: 1_772_330_400_000_000)
        var random: Randomness
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var next = 0
        /// How often the clock was read since it moved.
        var reads = 0
    }

    private static let readLimit = 50_000
    private let seed: UInt64
    private let state: Mutex<State>

    package init(seed: UInt64) {
        self.seed = seed
        state = Mutex(State(random: Randomness(seed: seed)))
    }

    package func now() -> Timestamp { state.withLock { read(&$0) } }

    package func uptime() -> Duration {
        state.withLock { read(&$0) - $0.started + .seconds(1000) }
    }

    private func read(_ state: inout State) -> Timestamp {
        state.reads += 1
        guard state.reads < Self.readLimit else {
            fatalError(
                "something spins: the clock was read \(state.reads) times at \(state.now.rfc3339), seed \(seed)"
            )
        }
        return state.now
    }

    package func randomBytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: state.random.next()) }
        }
    }

    package func variable(_ name: String) -> String? { nil }

    package func sleep(until time: Timestamp) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isGone = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers.append(
                        Sleeper(id: id, until: time, continuation: continuation))
                    return false
                }
                if isGone { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: place)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Wakes the first sleeper and sets the clock to its time; false if nobody sleeps.
    package func wakeNext() -> Bool {
        let sleeper = state.withLock { state -> Sleeper? in
            let first = state.sleepers.indices.min {
                let (a, b) = (state.sleepers[$0], state.sleepers[$1])
                return a.until == b.until ? a.id < b.id : a.until < b.until
            }
            guard let first else { return nil }
            let sleeper = state.sleepers.remove(at: first)
            if sleeper.until > state.now {
                state.now = sleeper.until
                state.reads = 0
            }
            return sleeper
        }
        sleeper?.continuation.resume()
        return sleeper != nil
    }
}

/// A small generator (SplitMix64) whose sequence a seed repeats.
package struct Randomness: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// From zero, below the bound.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    package mutating func happens(_ percent: Int) -> Bool { below(100) < percent }
}
