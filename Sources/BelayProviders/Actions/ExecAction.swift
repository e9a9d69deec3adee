package import BelayCompiler
package import BelayEngine
import JSON

/// Runs a program with an argument list, never by a shell.
package struct ExecAction: ActionProvider {
    private static let fields = [
        InputContract(
            "command", .list,
            description: "The program's absolute path and its arguments, one item each."),
        InputContract(
            "env", .map, description: "Variables; nothing of the engine's own is passed on."),
        InputContract(
            "directory", .string, description: "The absolute working folder; default `/`."),
        InputContract("stdin", .string, description: "What the program reads."),
        InputContract(
            "output", .string, allowed: ["text", "json", "ends", "none"], standard: "text",
            description:
                "`text`: stdout and stderr as text. `json`: stdout is an object, the step's output. "
                + "For programs that write more than 1 MiB: `ends`, the beginning and the end of what was "
                + "written, its size and its digest; `none`, only size and digest."),
        InputContract("ok", .list, description: "Exit codes that are a success; default 0."),
        InputContract("memory", .integer, description: "Bytes of address space, at most."),
    ]

    package static let contract = ProviderContract(
        "exec", description: "Runs a program with an argument list; never a shell.",
        settings: fields,
        operations: [
            OperationContract(
                "run",
                action: ActionContract(
                    "exec.run", description: "Run a program and wait for its end.", effect: .change,
                    recovery: .once, inputs: fields,
                    outputs: [
                        OutputContract(
                            "exit_code", .integer, description: "The program's exit code."),
                        OutputContract("stdout", .string, description: "What it wrote."),
                        OutputContract("stderr", .string, description: "What it complained about."),
                        OutputContract(
                            "stdout_bytes", .integer,
                            description: "How much it wrote; with `ends` and `none`."),
                        OutputContract(
                            "stdout_sha256", .string,
                            description: "The digest of all of it; with `ends` and `none`."),
                    ],
                    timeout: .seconds(30)),
                serves: ["*"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let command = try ExecAction.command(call)
            let allowed = try ExecAction.successCodes(call)
            do throws(ChildError) {
                let result = try await tools.children.run(command)
                return ExecAction.outcome(
                    result, allowed, call.text("output") ?? "text", request.secrets.redact)
            } catch {
                return ExecAction.outcome(error)
            }
        }
    }

    private static func command(_ call: ActionCall) throws(Refusal) -> ChildCommand {
        guard let words = try call.texts("command"), let program = words.first else {
            throw .invalid("'command' is missing: a list of the program's path and its arguments")
        }
        var command = ChildCommand(program)
        command.arguments = Array(words.dropFirst())
        command.environment = variables(call.request)
        for (name, value) in try call.textMap("env") { command.environment[name] = value }
        command.directory = call.text("directory")
        command.input = Array((call.text("stdin") ?? "").utf8)
        command.memoryLimit = try call.integer("memory")
        command.grace = min(.seconds(1), call.timeLeft / 5)
        command.timeout = max(.milliseconds(1), call.timeLeft - command.grace)
        return command
    }

    /// What every program is told about its call.
    private static func variables(_ request: ActionRequest) -> [String: String] {
        var variables = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "BELAY_ACTION": request.action, "BELAY_RUN": request.run, "BELAY_STEP": request.step,
            "BELAY_ATTEMPT": String(request.attempt), "BELAY_INCIDENT": request.incident.id,
            "BELAY_IDEMPOTENCY_KEY": request.idempotencyKey,
        ]
        if let target = request.inputs["target"]?.plainValue?.stringValue {
            variables["BELAY_TARGET"] = target
        }
        return variables.filter { !$0.value.utf8.contains(0) }
    }

    private static func successCodes(_ call: ActionCall) throws(Refusal) -> [Int] {
        let texts = try call.texts("ok") ?? ["0"]
        let codes = texts.compactMap { Int($0) }
        guard codes.count == texts.count else { throw .invalid("'ok' holds what is no exit code") }
        return codes
    }

    // MARK: - Outcomes

    /// Characters of each end in the form `ends`, and in the message about an output that is too large.
    private static let longEnd = 4_000
    private static let shortEnd = 100

    /// The exit code by which a program says that another try may succeed (sysexits.h, EX_TEMPFAIL).
    private static let temporaryFailure = 75

    private static func outcome(
        _ result: ChildResult, _ allowed: [Int], _ form: String, _ redact: (String) -> String
    ) -> ActionOutcome {
        switch (result.stop, result.ending) {
        case (.deadline?, _):
            return .lost(.timeout, message: "the program was ended at its deadline")
        case (.cancelled?, _):
            return .lost(.cancelled, message: "the program was ended by a cancellation")
        case (nil, .signalled(let signal)):
            return .failed(
                .remote, retryable: false, message: "ended by signal \(signal)\(complaint(result))")
        case (nil, .exited(let code)) where allowed.contains(code):
            return output(result, code, form, redact)
        case (nil, .exited(temporaryFailure)):
            return .failed(
                .unavailable, retryable: true,
                message: "exit code 75, try again\(complaint(result))")
        case (nil, .exited(let code)):
            return .failed(
                .remote, retryable: false, message: "exit code \(code)\(complaint(result))")
        }
    }

    private static func output(
        _ result: ChildResult, _ code: Int, _ form: String, _ redact: (String) -> String
    ) -> ActionOutcome {
        if form == "none" || form == "ends" {
            var output: JSONObject = [
                "exit_code": .integer(Int64(code)),
                "stdout_bytes": .integer(Int64(result.output.count)),
                "stdout_sha256": .string(result.output.digest),
            ]
            if form == "ends" {
                output["stdout"] = .string(ends(result.output, redact))
                output["stderr"] = .string(ends(result.error, redact))
            }
            return .succeeded(.object(output))
        }
        guard let bytes = result.output.whole else { return tooLarge(result.output, redact) }
        if form == "json" {
            guard let value = try? JSONParser.parse(bytes), case .object = value else {
                return .failed(
                    .badOutput, retryable: false,
                    message: "the program's output is not one JSON object")
            }
            return .succeeded(value)
        }
        let error = result.error.whole.map { String(decoding: $0, as: UTF8.self) }
        return .succeeded([
            "exit_code": .integer(Int64(code)), "stdout": .string(result.output.text),
            "stderr": .string(error ?? ends(result.error, redact)),
        ])
    }

    /// Beginning and end, with a line between them that says what is missing.
    private static func ends(_ output: BoundedOutput, _ redact: (String) -> String) -> String {
        let (head, tail) = output.excerpt(longEnd, redact: redact)
        guard let tail else { return head }
        return "\(head)\n[… cut out of \(output.count) bytes, sha256 \(output.digest) …]\n\(tail)"
    }

    private static func tooLarge(
        _ output: BoundedOutput, _ redact: (String) -> String
    ) -> ActionOutcome {
        let (head, tail) = output.excerpt(shortEnd) { PrintableText.escaped(redact($0)) }
        let size = "the program wrote \(output.count) bytes, sha256 \(output.digest)"
        return .failed(
            .outputTooLarge, retryable: false,
            message:
                "\(size); see `output: ends`; it begins with \"\(head)\" and ends with \"\(tail ?? "")\""
        )
    }

    /// The last line of what the program complained about, for the message.
    private static func complaint(_ result: ChildResult) -> String {
        let lines = result.error.text.split(whereSeparator: \.isNewline)
        guard let last = lines.last(where: { !$0.trimmed.isEmpty }) else { return "" }
        return ": \(last)"
    }

    private static func outcome(_ error: ChildError) -> ActionOutcome {
        switch error.cause {
        case .invalid: .failed(.invalid, retryable: false, message: error.message)
        case .notFound: .failed(.notFound, retryable: false, message: error.message)
        case .denied: .failed(.denied, retryable: false, message: error.message)
        case .exhausted: .failed(.unavailable, retryable: true, message: error.message)
        }
    }
}
