import BelayCompiler
import BelayEngine
import Synchronization

/// A world whose clocks move when a test says so and whose randomness repeats.
final class TestWorld: World {
    private struct State {
        var now = Timestamp(microseconds: 1_772_330_400_000_000)
        var uptime: Duration = .seconds(100)
        var random: UInt64
        var failpoints = Failpoints.none
    }

    private let state: Mutex<State>

    init(seed: UInt64 = 1) { state = Mutex(State(random: seed)) }

    var failpoints: Failpoints { state.withLock { $0.failpoints } }

    /// What happens at failpoints of stores that are opened from now on.
    func set(_ failpoints: Failpoints) { state.withLock { $0.failpoints = failpoints } }

    func now() -> Timestamp { state.withLock { $0.now } }

    func uptime() -> Duration { state.withLock { $0.uptime } }

    func advance(_ duration: Duration) {
        state.withLock { state in
            state.now = state.now + duration
            state.uptime += duration
        }
    }

    /// Moves the wall clock alone, as a person or a time server would.
    func jump(_ duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    func randomBytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state.random =
                    state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state.random >> 33)
            }
        }
    }

    func sleep(until time: Timestamp) async throws {}

    func variable(_ name: String) -> String? { nil }
}
