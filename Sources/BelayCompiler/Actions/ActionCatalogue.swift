/// Every contract that a compilation may refer to: capabilities, providers, and their operations as actions.
package struct ActionCatalogue: Sendable {
    /// Capabilities such as `clear_cache`, which an environment binds to a provider.
    package private(set) var capabilities: [String: ActionContract] = [:]
    package private(set) var providers: [String: ProviderContract] = [:]
    /// Where each provider's own operation is, by its name as an action.
    private var operations: [String: (provider: String, place: Int)] = [:]

    package init(capabilities: [ActionContract], providers: [ProviderContract]) {
        for contract in capabilities { self.capabilities[contract.name] = contract }
        for provider in providers {
            self.providers[provider.name] = provider
            for (place, operation) in provider.operations.enumerated() {
                operations[operation.action.name] = (provider.name, place)
            }
        }
    }

    /// The contract of a capability or, under `provider.operation`, of a provider's own operation.
    package func action(_ name: String) -> ActionContract? {
        capabilities[name] ?? ownOperation(name)?.operation.action
    }

    /// The provider and operation that an action's name itself denotes: `redis.flush`.
    package func ownOperation(
        _ action: String
    ) -> (provider: ProviderContract, operation: OperationContract)? {
        guard let (name, place) = operations[action], let provider = providers[name] else {
            return nil
        }
        return (provider, provider.operations[place])
    }

    /// Names of all actions, sorted, for messages and catalogues.
    package var actionNames: [String] {
        (Array(capabilities.keys)
            + providers.values.flatMap { $0.operations.map(\.action.name) }).sorted()
    }

    /// Adds capabilities that a repository declares in files of kind Actions.
    package mutating func add(_ contract: ActionContract) { capabilities[contract.name] = contract }
}
