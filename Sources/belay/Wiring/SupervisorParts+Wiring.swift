import BelayCompiler
import BelayEngine
import BelayProviders

extension SupervisorParts {
    /// The parts of a real process: every provider of this binary.
    init(store: any Store, world: any World, tools: ProviderTools) {
        self.init(
            store: store, world: world, providers: ProviderRegistry(BuiltinActions.all(tools)),
            catalogue: BuiltinActions.catalogue,
            openSecrets: { environment in
                await SecretSources(tools: tools).vault(for: environment.secrets)
            })
    }
}
