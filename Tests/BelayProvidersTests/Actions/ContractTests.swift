import BelayCompiler
import JSON
import Testing

@testable import BelayProviders

/// Contracts are sound as data.
@Suite struct ContractTests {
    private var operations: [(provider: String, operation: OperationContract)] {
        BuiltinActions.contracts.flatMap { contract in
            contract.operations.map { (contract.name, $0) }
        }
    }

    @Test func namesFollowTheirProvider() {
        for (provider, operation) in operations {
            #expect(operation.action.name == "\(provider).\(operation.name)")
            #expect(operation.action.timeout != nil, "\(operation.action.name)")
            #expect(!operation.action.description.isEmpty)
        }
        for contract in BuiltinActions.contracts {
            let names = contract.operations.map(\.name)
            #expect(names == names.sorted(), "\(contract.name)")
        }
        #expect(Capabilities.all.map(\.name) == Capabilities.all.map(\.name).sorted())
    }

    @Test func readingIsPureAndNothingElseIs() {
        for (_, operation) in operations {
            #expect(
                (operation.action.effect == .read) == (operation.action.recovery == .pure),
                "\(operation.action.name)")
        }
    }

    @Test func standardsAreAllowed() {
        let contracts = operations.map(\.operation.action) + Capabilities.all
        let inputs = contracts.flatMap(\.inputs) + BuiltinActions.contracts.flatMap(\.settings)
        for input in inputs {
            guard let standard = input.standard, standard.stringValue?.contains("${{") != true
            else { continue }
            #expect(input.problem(with: standard) == nil, "\(input.name)")
        }
    }

    /// What serves a capability is no weaker than the capability asks, unless its binding says so.
    @Test func servantsAreNoWeakerThanTheirCapability() {
        for (_, operation) in operations {
            for capability in Capabilities.all where operation.serves.contains(capability.name) {
                let name = operation.action.name
                #expect(operation.action.effect == capability.effect, "\(name)")
                if name == "aws.ssm.command" { continue }
                #expect(
                    operation.action.recovery <= capability.recovery,
                    "\(name) for \(capability.name)")
            }
        }
    }

    @Test func permissionsAreIAMActions() {
        for (provider, operation) in operations {
            #expect(
                provider.hasPrefix("aws.") == !operation.permissions.isEmpty,
                "\(operation.action.name)")
            for permission in operation.permissions {
                #expect(permission.split(separator: ":").count == 2)
            }
        }
    }
}
