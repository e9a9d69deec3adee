/// One thing that a provider can do, and the capabilities that it may be bound to.
package struct OperationContract: Sendable, Hashable {
    /// The name within its provider: `flush` of `redis`.
    package var name: String
    /// As an action that runbooks can use directly: `redis.flush`.
    package var action: ActionContract
    /// Capabilities that this operation carries out: `clear_cache`. `*` means every action (simulated, lambda).
    package var serves: [String]
    /// IAM actions that a call needs, such as `ecs:UpdateService`.
    package var permissions: [String]

    package init(
        _ name: String, action: ActionContract, serves: [String] = [], permissions: [String] = []
    ) {
        self.name = name
        self.action = action
        self.serves = serves
        self.permissions = permissions
    }
}

/// What a provider offers and which settings its bindings take; data, like every contract.
package struct ProviderContract: Sendable, Hashable {
    /// `redis`, `aws.lambda`, `simulated`.
    package var name: String
    package var description: String
    /// Settings that stand beside `provider:` in a binding, for every operation.
    package var settings: [InputContract]
    package var operations: [OperationContract]

    package init(
        _ name: String, description: String, settings: [InputContract] = [],
        operations: [OperationContract]
    ) {
        self.name = name
        self.description = description
        self.settings = settings
        self.operations = operations
    }

    package func operation(_ name: String) -> OperationContract? {
        operations.first { $0.name == name }
    }

    /// The operation that carries out an action, if this provider has exactly one for it.
    ///
    /// An operation that names the action comes before one that serves every action.
    package func operation(for action: String) -> OperationContract? {
        let named = operations.filter { $0.action.name == action || $0.serves.contains(action) }
        if named.count == 1 { return named[0] }
        guard named.isEmpty else { return nil }
        let general = operations.filter { $0.serves.contains("*") }
        return general.count == 1 ? general[0] : nil
    }
}
