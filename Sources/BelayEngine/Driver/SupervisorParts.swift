package import BelayCompiler

/// What a supervisor works with, and its bounds.
package struct SupervisorParts: Sendable {
    package var store: any Store
    package var world: any World
    package var providers: ProviderRegistry
    /// For programs that are compiled again.
    package var catalogue: ActionCatalogue
    /// Finds the secrets of an environment; what cannot be had says why when it is opened.
    package var openSecrets: @Sendable (EnvironmentProgram) async -> any SecretOpener
    /// Shared by all runs of the process.
    package var bulkhead = Bulkhead()
    /// Seen by all runs of the process.
    package var signs = ProcessSigns()
    /// Told of everything worth a log line or a figure; must return at once.
    package var observe: @Sendable (SupervisorEvent) -> Void = { _ in }
    /// How many runs are driven at once.
    package var inFlight = 64
    /// A run that waits for a timer further away than this gives its place to others.
    package var patience: Duration = .seconds(60)
    /// How often it looks for timers that are due when no signal comes.
    package var tick: Duration = .milliseconds(250)

    package init(
        store: any Store, world: any World, providers: ProviderRegistry, catalogue: ActionCatalogue,
        openSecrets: @escaping @Sendable (EnvironmentProgram) async -> any SecretOpener
    ) {
        self.store = store
        self.world = world
        self.providers = providers
        self.catalogue = catalogue
        self.openSecrets = openSecrets
    }
}

/// What a supervisor tells while it works.
package enum SupervisorEvent: Sendable {
    /// It looks for what is due.
    case looking
    /// Incidents were decided; `all` if nothing that is due is left.
    case decided(Int, all: Bool)
    /// A rule matched and is held back.
    case heldBack(HeldBack)
    /// Runs that wait, `ready`, for a place.
    case deferred(Int)
    case began(run: String, rule: String)
    /// Carried on after a wait, or after whoever drove it lost it.
    case resumed(run: String, found: RunPhase)
    case happened(run: String, RunEvent, Timestamp)
    case ended(run: String, DriveEnd)
    /// The program that a run began with cannot be had any more: a person must decide.
    case programMissing(run: String)
    /// The store refused; the work is tried again where that makes sense.
    case failed(String, StoreError)
    case signed(size: Int64)

    /// What `failed` calls the signing of the log, which is tried again every second.
    package static let signing = "sign the log"
}
