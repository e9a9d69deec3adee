package import BelayCompiler
import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The real world: the system's clocks, its random numbers and the process's variables.
package struct LiveWorld: World {
    package init() {}

    package func now() -> Timestamp {
        let time = Self.read(CLOCK_REALTIME)
        return Timestamp(
            microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Counts on while the machine sleeps, and no setting of the clock moves it.
    package func uptime() -> Duration {
        #if os(Linux)
            let time = Self.read(CLOCK_BOOTTIME)
        #else
            let time = Self.read(CLOCK_MONOTONIC)
        #endif
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    package func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }

    /// Looks at the clock again at least once a second, so that a clock that is set is noticed.
    package func sleep(until time: Timestamp) async throws {
        while true {
            let left = time - now()
            guard left > .zero else { return }
            try await Task.sleep(for: min(left, Duration.seconds(1)), clock: .continuous)
        }
    }

    package func sleep(for length: Duration) async throws {
        try await Task.sleep(for: length, clock: .continuous)
    }

    package func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let status = clock_gettime(clock, &time)
        precondition(status == 0, "the system has no clock \(clock)")
        return time
    }
}
