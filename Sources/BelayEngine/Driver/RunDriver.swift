package import BelayCompiler
import JSON

/// Carries runs out for real: records an event, then acts, then records the result.
///
/// An intent is durable before its call starts, and a result before the next step. One task drives one run; calls
/// and timers are its children.
package struct RunDriver: Sendable {
    let store: any Store
    let world: any World
    let providers: ProviderRegistry
    let secrets: any SecretOpener
    let bulkhead: Bulkhead
    let progress: @Sendable (RunProgress) -> Void
    /// A run that only waits for a timer further away than this is put aside; nil: it is waited for.
    let patience: Duration?

    package init(
        store: any Store, world: any World, providers: ProviderRegistry,
        secrets: any SecretOpener, bulkhead: Bulkhead = Bulkhead(), patience: Duration? = nil,
        progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) {
        self.store = store
        self.world = world
        self.providers = providers
        self.secrets = secrets
        self.bulkhead = bulkhead
        self.patience = patience
        self.progress = progress
    }

    /// Drives a run that this boot has just created and claimed; its `.started` event is on disk.
    package func begin(
        _ context: RunContext, _ lease: RunLease, startedAt: Timestamp, limits: [Reservation],
        signals: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> DriveEnd {
        var state = RunState()
        state.apply(.started, at: startedAt)
        var drive = Drive(driver: self, context: context, lease: lease, state: state)
        drive.reserved = limits
        return try await drive.run([.look], signals)
    }

    /// Carries on a run that was claimed after somebody lost it or something woke it.
    package func resume(
        _ context: RunContext, _ claimed: ClaimedRun, signals: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> DriveEnd {
        let records = try await store.events(ofRun: context.run)
        var drive = Drive(
            driver: self, context: context, lease: claimed.lease,
            state: try Self.fold(records))
        try await drive.readLedger()
        guard claimed.run.recoveries <= DriverBounds.recoveries else {
            return try await drive.park("person", wakeAt: nil)
        }
        return try await drive.run(drive.interrupted, signals)
    }

    static func fold(_ records: [StoredRecord]) throws(StoreError) -> RunState {
        do throws(UnreadableEvent) { return try EventRecord.state(of: records) } catch {
            throw .damaged("record \(error.index): \(error.kind.rawValue)")
        }
    }
}
