package import BelayCompiler

/// Where time, identifiers and randomness come from, so that a simulation can stand in for them.
package protocol World: Sendable {
    /// The wall clock, for records and rules.
    func now() -> Timestamp
    /// Time since an arbitrary start that never jumps, for leases and deadlines.
    func uptime() -> Duration
    /// Unpredictable bytes for identifiers and salts.
    func randomBytes(_ count: Int) -> [UInt8]
    /// Returns once the clock has reached the time, or throws if the task is cancelled.
    func sleep(until time: Timestamp) async throws
    /// Returns after this long on a clock that never jumps, or throws if the task is cancelled.
    func sleep(for length: Duration) async throws
    /// The value of a process variable, nil if unset.
    func variable(_ name: String) -> String?
    /// What happens at failpoints; nothing but in tests.
    var failpoints: Failpoints { get }
}

extension World {
    package var failpoints: Failpoints { .none }

    package func sleep(for length: Duration) async throws { try await sleep(until: now() + length) }
}
