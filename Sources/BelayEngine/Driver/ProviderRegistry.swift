import BelayCompiler

/// The providers of a process by name; the executable alone fills it.
package struct ProviderRegistry: Sendable {
    private let providers: [String: any ActionProvider]

    package init(_ providers: [any ActionProvider]) {
        self.providers = Dictionary(
            providers.map { ($0.contract.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(name: String) -> (any ActionProvider)? { providers[name] }
}
