package import BelayCompiler
package import BelayEngine

/// Every provider that the program carries, sorted by name.
package enum BuiltinActions {
    /// The providers themselves; making them starts nothing.
    package static func all(_ tools: ProviderTools) -> [any ActionProvider] {
        [
            LambdaAction(tools: tools),
            ExecAction(tools: tools),
            HTTPAction(tools: tools),
            LogAction(tools: tools),
            RedisAction(tools: tools),
            SimulatedAction(),
        ]
    }

    /// Their contracts, which need no tools.
    package static let contracts: [ProviderContract] = [
        LambdaAction.contract,
        ExecAction.contract,
        HTTPAction.contract,
        LogAction.contract,
        RedisAction.contract,
        SimulatedAction.contract,
    ]

    /// What a compilation may refer to.
    package static var catalogue: ActionCatalogue {
        ActionCatalogue(capabilities: Capabilities.all, providers: contracts)
    }
}
