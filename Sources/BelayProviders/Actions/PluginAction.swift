package import BelayCompiler
package import BelayEngine
import JSON

/// Any executable that speaks JSON lines over its standard input and output.
///
/// One line goes in, `{"protocol": 1, "call": "perform", "operation", "inputs", …}`; one line comes out:
/// `{"outcome": "succeeded", "output": {…}}`, `{"outcome": "failed", "class", "retryable", "message"}` or
/// `{"outcome": "unknown", "message"}`. Lines before the last with a member `log` are passed to the log.
/// `describe` answers with the operations' contracts, `plan` with what would be done, without doing it.
package struct PluginAction: ActionProvider {
    package static let contract = ProviderContract(
        "plugin", description: "An executable that speaks JSON lines.",
        settings: [
            InputContract(
                "command", .list, required: true, description: "Absolute path and arguments."),
            InputContract("env", .map, description: "Variables for the plugin."),
            InputContract("config", .map, description: "Passed with each call; may hold secrets."),
            InputContract(
                "call", .string, description: "The plugin's operation; default: the action's name."),
        ],
        operations: [
            OperationContract(
                "perform",
                action: ActionContract(
                    "plugin.perform", description: "Let a plugin carry an action out.",
                    effect: .change,
                    recovery: .once,
                    inputs: [
                        InputContract("inputs", .map, description: "For a direct use: the inputs.")
                    ],
                    timeout: .seconds(60)),
                serves: ["*"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let command = try PluginAction.command(call, try PluginAction.document(call))
            do throws(ChildError) {
                let result = try await tools.children.run(command)
                return outcome(result, request)
            } catch {
                return .failed(
                    error.cause == .exhausted ? .unavailable : .invalid,
                    retryable: error.cause == .exhausted,
                    message: error.message)
            }
        }
    }

    private static func command(_ call: ActionCall, _ document: JSONObject) throws(Refusal)
        -> ChildCommand
    {
        guard let words = try call.texts("command"), let program = words.first else {
            throw .invalid("'command' is missing: the plugin's path and its arguments")
        }
        var command = ChildCommand(program)
        command.arguments = Array(words.dropFirst())
        command.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
        for (name, value) in try call.textMap("env") { command.environment[name] = value }
        command.input = Array(JSONValue.object(document).text().utf8) + [UInt8(ascii: "\n")]
        command.grace = min(.seconds(1), call.timeLeft / 5)
        command.timeout = max(.milliseconds(1), call.timeLeft - command.grace)
        return command
    }

    private static func document(_ call: ActionCall) throws(Refusal) -> JSONObject {
        let request = call.request
        return [
            "protocol": 1, "call": "perform",
            "operation": .string(call.text("call") ?? request.action),
            "inputs": .object(try call.object("inputs") ?? call.inputs),
            "config": .object(try call.object("config") ?? [:]),
            "incident": .object(request.incident.json),
            "run": .string(request.run), "step": .string(request.step),
            "attempt": .integer(Int64(request.attempt)),
            "idempotency_key": .string(request.idempotencyKey),
            "timeout_ms": .integer(request.timeout.milliseconds),
        ]
    }

    private func outcome(_ result: ChildResult, _ request: ActionRequest) -> ActionOutcome {
        if result.stop != nil {
            return .lost(
                result.stop == .deadline ? .timeout : .cancelled, message: "the plugin was ended")
        }
        guard let bytes = result.output.whole else {
            return .failed(
                .outputTooLarge, retryable: false, message: "the plugin wrote more than 1 MiB")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
            try? JSONParser.parse(Array($0))
        }
        for case let line? in lines.dropLast() {
            guard let text = line["log"]?.stringValue else { continue }
            tools.writeLine(request.secrets.redact(PrintableText.escaped("plugin: \(text)")))
        }
        guard case let answer?? = lines.last, let word = answer["outcome"]?.stringValue else {
            let ending = "\(result.ending)"
            return .lost(
                .badOutput,
                message: "the plugin's last line is no outcome (\(ending)): \(result.error.text)")
        }
        return PluginAction.outcome(word, answer)
    }

    private static func outcome(_ word: String, _ answer: JSONValue) -> ActionOutcome {
        let message = answer["message"]?.stringValue ?? "no message"
        let kind = answer["class"]?.stringValue.flatMap(FailureClass.init)
        switch word {
        case "succeeded":
            guard let output = answer["output"] ?? .some([:]), case .object = output else {
                return .failed(
                    .badOutput, retryable: false, message: "the plugin's output is no map")
            }
            return .succeeded(output)
        case "failed":
            return .failed(
                kind ?? .remote, retryable: answer["retryable"] == true, message: message)
        case "unknown": return .lost(kind ?? .unavailable, message: message)
        default: return .lost(.badOutput, message: "the plugin's outcome is '\(word)'")
        }
    }
}
