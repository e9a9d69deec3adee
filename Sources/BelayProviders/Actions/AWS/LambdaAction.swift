package import BelayCompiler
package import BelayEngine
import JSON

/// Invokes AWS Lambda functions: those of an incident backend by their contract, others with any payload.
package struct LambdaAction: ActionProvider {
    private static let fields = [
        InputContract(
            "function", .string, description: "Name, ARN or partial ARN of the function."),
        InputContract("qualifier", .string, description: "A version or an alias."),
        InputContract(
            "payload", .any, description: "Sent as it is; without it, the incident contract is."),
        InputContract(
            "invocation", .string, allowed: ["RequestResponse", "Event"],
            standard: "RequestResponse",
            description: "`Event` does not wait for the function's end."),
    ]

    package static let contract = ProviderContract(
        "aws.lambda", description: "Invokes AWS Lambda functions.",
        settings: fields + AWSSettings.contract,
        operations: [
            OperationContract(
                "invoke",
                action: ActionContract(
                    "aws.lambda.invoke", description: "Invoke a function and read its answer.",
                    effect: .change, recovery: .once, inputs: fields,
                    outputs: [
                        OutputContract(
                            "statusCode", .integer, description: "The function's own status."),
                        OutputContract("body", .any, description: "The function's own answer."),
                    ],
                    timeout: .seconds(60)),
                serves: ["*"], permissions: ["lambda:InvokeFunction"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let payload = call.value("payload")
            let isEvent = call.text("invocation") == "Event"
            let invocation = try LambdaAction.invocation(
                call, payload ?? IncidentContract.request(call))
            try await AWSSettings.checkAccount(call, tools)
            let place = AWSSettings.place(call)
            switch await tools.aws.call(invocation, at: place, timeout: call.timeLeft) {
            case .failure(let failure): return failure.outcome
            case .success(let response) where isEvent:
                return .succeeded(["statusCode": .integer(Int64(response.status)), "body": .null])
            case .success(let response):
                return LambdaAction.outcome(response, isContract: payload == nil)
            }
        }
    }

    private static func invocation(
        _ call: ActionCall, _ payload: JSONValue
    ) throws(Refusal) -> AWSCall {
        let name = PercentEncoding.encode(try call.required("function"))
        let query = call.text("qualifier").map { "Qualifier=" + PercentEncoding.encode($0) }
        let kind = call.text("invocation") ?? "RequestResponse"
        var invocation = AWSCall(
            .lambda, "Invoke",
            .rest(
                "POST", path: "/2015-03-31/functions/\(name)/invocations", query: query,
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("X-Amz-Invocation-Type", kind),
                ],
                body: Array(payload.text().utf8)))
        invocation.mayRepeat = call.request.recovery.mayRepeat
        return invocation
    }

    private static func outcome(_ response: AWSResponse, isContract: Bool) -> ActionOutcome {
        if let kind = response.header("x-amz-function-error") {
            return .failed(.remote, retryable: false, message: errorMessage(kind, response.json))
        }
        guard let answer = response.json else {
            if response.body.isCut {
                let message = "the function's answer has more than \(TransportBounds.output) bytes"
                return .failed(.outputTooLarge, retryable: false, message: message)
            }
            return .failed(
                .badOutput, retryable: false, message: "the function's answer is not JSON")
        }
        return isContract
            ? IncidentContract.outcome(answer) : .succeeded(["statusCode": 200, "body": answer])
    }

    private static func errorMessage(_ kind: String, _ body: JSONValue?) -> String {
        let type = body?["errorType"]?.stringValue
        let message = body?["errorMessage"]?.stringValue ?? "no message"
        return "function error (\(kind)): " + (type.map { "\($0): " } ?? "") + message
    }
}
