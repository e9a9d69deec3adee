package import BelayCompiler

/// What is asked of the real world: the same question about the same incident has one answer in a simulation, however
/// often it is asked.
package struct LiveQuestion: Sendable, Hashable {
    private var incident: String
    private var action: String
    private var provider: String
    private var operation: String
    private var inputs: SealedObject
    private var settings: SealedObject

    package init(_ call: RehearsedCall) {
        let intent = call.intent
        incident = call.incident
        action = intent.action
        provider = intent.provider
        operation = intent.operation
        inputs = intent.inputs
        settings = intent.settings
    }
}

/// Asks the real world what a simulation wants to know. It reads, and nothing else.
package struct LiveReader: Sendable {
    private let world: any World
    private let providers: ProviderRegistry
    private let catalogue: ActionCatalogue
    private let secrets: any SecretOpener

    package init(
        world: any World, providers: ProviderRegistry, catalogue: ActionCatalogue,
        secrets: any SecretOpener
    ) {
        self.world = world
        self.providers = providers
        self.catalogue = catalogue
        self.secrets = secrets
    }

    /// What one reading answers, within its time-out and redacted. A call that does more than read is our mistake.
    package func read(_ call: RehearsedCall, of context: RunContext) async -> ActionOutcome {
        precondition(call.intent.effect == .read, "\(call.intent.action) does more than read")
        let runner = CallRunner(
            world: world, providers: providers, secrets: secrets, bulkhead: Bulkhead(),
            context: context, catalogue: catalogue, executor: nil, signs: ProcessSigns(),
            gate: CallGate(), pauses: { [] })
        return await runner.perform(call.intent, at: call.path)
    }
}
