package import BelayCompiler
package import BelayEngine
import JSON

/// Writes a line, so that something is told even where nobody can be reached.
package struct LogAction: ActionProvider {
    package static let contract = ProviderContract(
        "log", description: "Writes one line to the program's log.",
        operations: [
            OperationContract(
                "write",
                action: ActionContract(
                    "log.write", description: "Write a line.", effect: .notify,
                    recovery: .idempotent,
                    inputs: [
                        InputContract(
                            "subject", .string, description: "What comes first on the line."),
                        InputContract("message", .string, description: "The text of the line."),
                    ],
                    timeout: .seconds(5)),
                serves: ["notify_human"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let notice = Notice(call)
            let line = PrintableText.escaped("\(notice.subject): \(notice.message)")
            tools.writeLine(request.secrets.redact(line))
            return .succeeded([:])
        }
    }
}
