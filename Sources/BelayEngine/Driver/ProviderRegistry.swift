package import BelayCompiler

/// The providers that an executable was built with, by name.
package struct ProviderRegistry: Sendable {
    private let providers: [String: any ActionProvider]

    package init(_ providers: [any ActionProvider]) {
        self.providers = Dictionary(
            providers.map { ($0.contract.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(name: String) -> (any ActionProvider)? { providers[name] }

    package var contracts: [ProviderContract] {
        providers.values.map(\.contract).sorted { $0.name < $1.name }
    }
}
