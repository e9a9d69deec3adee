package import BelayCompiler
import Cryptography
import Glibc

/// The world as it is: the system's clocks, its random numbers, the process's variables.
package struct LiveWorld: World {
    private let random = RandomPool()

    package init() {}

    package func now() -> Timestamp {
        let time = read(CLOCK_REALTIME)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package func uptime() -> Duration {
        let time = read(CLOCK_BOOTTIME)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    package func randomBytes(_ count: Int) -> [UInt8] { random.bytes(count) }

    /// Looks at the wall clock again at least every half minute, so that a clock that jumps delays nothing for long.
    package func sleep(until time: Timestamp) async throws {
        while true {
            let rest = time - now()
            guard rest > .zero else { return }
            try await Task.sleep(for: min(rest, .seconds(30)))
        }
    }

    package func sleep(for length: Duration) async throws { try await Task.sleep(for: length) }

    package func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    package var failpoints: Failpoints { Self.failpoints }

    /// Read once for the process, so that hits are counted across all who ask.
    private static let failpoints: Failpoints = {
        let text = getenv(Failpoints.variable).map { String(cString: $0) }
        do throws(FailpointError) { return try Failpoints(variable: text) } catch {
            preconditionFailure("\(error)")
        }
    }()

    private func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
