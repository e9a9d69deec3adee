package import BelayCompiler
package import BelayEngine
import JSON

/// Answers as told and changes nothing: the provider of the environment `simulated`.
package struct SimulatedAction: ActionProvider {
    package static let contract = ProviderContract(
        "simulated", description: "Answers as told and changes nothing.",
        settings: [
            InputContract(
                "outcome", .string, allowed: ["ok", "failed", "lost"], standard: "ok",
                description: "How each call ends."),
            InputContract(
                "error", .string, allowed: FailureClass.allCases.map { .string($0.rawValue) },
                standard: "unavailable", description: "The failure's class."),
            InputContract(
                "retryable", .boolean, description: "Whether the same call may be tried again."),
            InputContract("output", .map, description: "What a successful call answers."),
            InputContract("delay", .duration, description: "How long each call takes."),
        ],
        operations: [
            OperationContract(
                "perform",
                action: ActionContract(
                    "simulated.perform", description: "Do nothing and answer as the binding says.",
                    effect: .read, recovery: .pure,
                    inputs: [InputContract("output", .map, description: "What to answer.")],
                    timeout: .seconds(30)),
                serves: ["*"])
        ])

    package var contract: ProviderContract { Self.contract }

    package init() {}

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            if let text = call.text("delay") {
                guard case .success(let delay) = DurationText.parse(text) else {
                    throw .invalid("'delay' is no duration: '\(text)'")
                }
                let end = min(delay, call.timeLeft)
                do { try await Task.sleep(for: end) } catch {
                    return .failed(.cancelled, retryable: false, message: "cancelled")
                }
                if delay > end { return .lost(.timeout, message: "no answer before the deadline") }
            }
            let kind = call.text("error").flatMap(FailureClass.init) ?? .unavailable
            switch call.text("outcome") ?? "ok" {
            case "ok": return .succeeded(.object(try call.object("output") ?? [:]))
            case "failed":
                let retryable = try call.flag("retryable")
                return .failed(kind, retryable: retryable, message: "simulated failure")
            case "lost": return .lost(kind, message: "simulated loss of the answer")
            case let other:
                throw .invalid("'outcome' is '\(other)'; ok, failed or lost is expected")
            }
        }
    }
}
