package import BelayCompiler
import JSON

/// Carries runs out for real: records what the interpreter decides, then does it, then records what came of it.
///
/// It alone knows store, clock and providers. Nothing starts whose record is not on disk, but for questions that
/// change nothing. One task drives one run; its calls and timers are children of that task.
package struct RunDriver: Sendable {
    package let store: any Store
    package let world: any World
    package let providers: ProviderRegistry
    package let catalogue: ActionCatalogue
    package let secrets: any SecretOpener
    /// Bounds how many calls of one provider run at once; shared by all drivers of a process.
    package let bulkhead: Bulkhead
    /// A run that waits for a timer further away than this is put aside; nil: it is waited for.
    package let patience: Duration?
    /// Where calls run; nil: where the runtime likes. Simulations have their own.
    package let executor: (any TaskExecutor)?
    /// Shared by all drivers of a process.
    package let signs: ProcessSigns
    /// Told of every event once it is on disk.
    package let observe: @Sendable (RunEvent, Timestamp) -> Void

    package init(
        store: any Store, world: any World, providers: ProviderRegistry, catalogue: ActionCatalogue,
        secrets: any SecretOpener, bulkhead: Bulkhead = Bulkhead(), patience: Duration? = nil,
        executor: (any TaskExecutor)? = nil, signs: ProcessSigns = ProcessSigns(),
        observe: @escaping @Sendable (RunEvent, Timestamp) -> Void = { _, _ in }
    ) {
        self.store = store
        self.world = world
        self.providers = providers
        self.catalogue = catalogue
        self.secrets = secrets
        self.bulkhead = bulkhead
        self.patience = patience
        self.executor = executor
        self.signs = signs
        self.observe = observe
    }

    /// Drives a claimed run until it ends, or until it can only wait for somebody.
    ///
    /// `state` is the fold of what is on disk. `inputs` brings what reaches the run from outside: notices,
    /// approvals, decisions.
    package func carry(
        _ context: RunContext, from state: RunState, lease: RunLease, reservations: [Reservation],
        inputs: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> DriveEnd {
        var drive = Drive(driver: self, context: context, lease: lease, state: state)
        drive.reserved = state.changedAt == nil ? reservations : []
        return try await drive.run(drive.interrupted, inputs)
    }

    /// The same for those who only ask whether it ended: the result, or nil if the run waits, was lost or stopped.
    package func drive(
        _ context: RunContext, from state: RunState, lease: RunLease, reservations: [Reservation],
        inputs: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> RunResult? {
        try await carry(
            context, from: state, lease: lease, reservations: reservations, inputs: inputs
        ).result
    }

    /// Carries on a run that was claimed after its holder lost it or something woke it: folds its records, settles
    /// by recovery class what was under way, and goes on. After too many losses without a result a person is asked.
    package func resume(
        _ context: RunContext, _ claimed: ClaimedRun, inputs: AsyncStream<RunInput>? = nil
    ) async throws(StoreError) -> DriveEnd {
        let records = try await store.events(ofRun: context.run)
        let state: RunState
        do throws(UnreadableEvent) { state = try EventRecord.state(of: records) } catch {
            throw .damaged("record \(error.index): \(error.kind.rawValue)")
        }
        var drive = Drive(driver: self, context: context, lease: claimed.lease, state: state)
        try await drive.readLedger()
        guard claimed.run.recoveries <= Bounds.recoveries else {
            return try await drive.park(Dispatcher.stuck, wakeAt: nil)
        }
        let notices = try await drive.notices()
        return try await drive.run(drive.interrupted + notices, inputs)
    }
}
