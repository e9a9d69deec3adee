import ArgumentParser
import BelayEngine
import JSON

/// `belay approve`: consent to what a run asks for.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve what a run asks consent for.",
        discussion: """
            Example:
              belay approve 0190f3a2
              belay approve 0190f3a2 --step failover --by ann

            The daemon goes on with the run at once; without one, the consent is on record and the next \
            `belay serve` goes on. Who began a run cannot approve it.
            """)

    @Argument(help: "The run, or the beginning of its id.")
    var run: String

    @Option(name: .long, help: "Which step, if several ask.")
    var step: String?

    @OptionGroup var order: OrderOptions

    func run() async throws { try await Consent(order: order, run: run, step: step).give(true) }
}

/// `belay deny`: refuse it.
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Deny what a run asks consent for.",
        discussion: "Example:\n  belay deny 0190f3a2")

    @Argument(help: "The run, or the beginning of its id.")
    var run: String

    @Option(name: .long, help: "Which step, if several ask.")
    var step: String?

    @OptionGroup var order: OrderOptions

    func run() async throws { try await Consent(order: order, run: run, step: step).give(false) }
}

/// What both commands do.
private struct Consent {
    var order: OrderOptions
    var run: String
    var step: String?

    func give(_ granted: Bool) async throws {
        try OrderOptions.checkRun(run)
        var body = JSONObject()
        body["step"] = step.map(JSONValue.string)
        let done = try await order.carryOut(
            "/v1/runs/\(run)/\(granted ? "approve" : "deny")", body
        ) { (operations, person) async throws(OperationProblem) in
            let done = try await operations.consent(granted, to: run, step: step, by: person)
            return ["run": .string(done.run), "step": .string(done.step ?? "")]
        }
        Output.standard(
            "\(granted ? "approved" : "denied") by \(done.person): run \(done.answer["run"]?.stringValue ?? run)"
                + "  step \(done.answer["step"]?.stringValue ?? "")"
                + (done.byDaemon ? "" : "\nit goes on when `belay serve` runs"))
    }
}
