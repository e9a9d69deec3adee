package import BelayCompiler
package import BelayEngine
import JSON

/// One operation of an AWS service: its contract, how its call is written and how its answer is read.
struct AWSOperation: Sendable {
    let contract: OperationContract
    let call: @Sendable (ActionCall) throws(Refusal) -> AWSCall
    let output: @Sendable (ActionCall, AWSResponse) throws(Refusal) -> JSONObject

    init(
        _ contract: OperationContract,
        call: @escaping @Sendable (ActionCall) throws(Refusal) -> AWSCall,
        output: @escaping @Sendable (ActionCall, AWSResponse) throws(Refusal) -> JSONObject
    ) {
        self.contract = contract
        self.call = call
        self.output = output
    }
}

/// What a provider of one AWS service is made of.
package struct AWSDefinition: Sendable {
    package let contract: ProviderContract
    let operations: [AWSOperation]

    init(_ name: String, description: String, _ operations: [AWSOperation]) {
        self.operations = operations
        contract = ProviderContract(
            name, description: description, settings: AWSSettings.contract,
            operations: operations.map(\.contract))
    }
}

/// Carries out the operations of one AWS service.
package struct AWSServiceAction: ActionProvider {
    private let definition: AWSDefinition
    private let tools: ProviderTools
    package var contract: ProviderContract { definition.contract }

    package init(_ definition: AWSDefinition, tools: ProviderTools) {
        self.definition = definition
        self.tools = tools
    }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut(at: tools.now()) { call throws(Refusal) in
            guard
                let operation = definition.operations.first(where: {
                    $0.contract.name == request.operation
                })
            else { preconditionFailure("\(contract.name) has no operation \(request.operation)") }
            var written = try operation.call(call)
            written.mayRepeat = request.recovery.mayRepeat
            try await AWSSettings.checkAccount(call, tools)
            switch await tools.aws.call(
                written, at: AWSSettings.place(call), timeout: call.timeLeft)
            {
            case .failure(let failure): return failure.outcome
            case .success(let response):
                return .succeeded(.object(try operation.output(call, response)))
            }
        }
    }
}

extension ActionCall {
    /// The target and what was asked for it: the outputs of the capabilities that scale.
    func sizeOutput(_ size: JSONValue) -> JSONObject {
        let target = inputs["target"] ?? request.incident.target.map(JSONValue.string) ?? .null
        return ["target": target, "to": size]
    }

    /// The target alone: the output of a restart.
    var targetOutput: JSONObject {
        ["target": inputs["target"] ?? request.incident.target.map(JSONValue.string) ?? .null]
    }
}

/// Inputs and outputs that several services share.
enum AWSFields {
    static let target = InputContract(
        "target", .string, standard: "${{ incident.target }}", description: "What is acted on.")
    static let restarted = [OutputContract("target", .string, description: "What was restarted.")]
    static let resized = [
        OutputContract("target", .string, description: "What was acted on."),
        OutputContract("to", .any, description: "The size that was asked for."),
    ]
}
