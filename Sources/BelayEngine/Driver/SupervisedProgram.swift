package import BelayCompiler

/// A program as a process works with it: planner, the sources that its runs keep, and what opens its secrets.
package struct SupervisedProgram: Sendable {
    package let planner: Planner
    package let sources: ProgramText
    package let secrets: any SecretOpener

    package init(planner: Planner, sources: ProgramText, secrets: any SecretOpener) {
        self.planner = planner
        self.sources = sources
        self.secrets = secrets
    }

    package var program: Program { planner.decider.program }
    package var environment: EnvironmentProgram { planner.decider.environment }

    /// What carries this program's runs out.
    package func driver(
        _ parts: SupervisorParts, patience: Duration?,
        observe: @escaping @Sendable (RunEvent, Timestamp) -> Void
    ) -> RunDriver {
        RunDriver(
            store: parts.store, world: parts.world, providers: parts.providers,
            catalogue: program.catalogue, secrets: secrets, bulkhead: parts.bulkhead,
            patience: patience, signs: parts.signs, observe: observe)
    }
}
