import BelayCompiler
import BelayEngine
import Cryptography
import Glibc

/// The machine's clocks and randomness, for measuring.
struct BenchWorld: World {
    var failpoints = Failpoints.none
    private static let random = RandomPool()

    func now() -> Timestamp {
        Timestamp(microseconds: Int64(clock(CLOCK_REALTIME) / 1000))
    }

    func uptime() -> Duration { .nanoseconds(clock(CLOCK_MONOTONIC)) }

    func randomBytes(_ count: Int) -> [UInt8] { Self.random.bytes(count) }

    func sleep(until time: Timestamp) async throws {
        try await Task.sleep(for: time - now())
    }

    func variable(_ name: String) -> String? { nil }

    private func clock(_ id: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(id, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
