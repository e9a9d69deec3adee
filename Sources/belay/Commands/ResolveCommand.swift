import ArgumentParser
import BelayEngine
import JSON

/// `belay resolve`: a person says what became of a call.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Say what became of a call whose outcome is not known.",
        discussion: """
            Example:
              belay resolve 0190f3a2 restart succeeded
              belay resolve 0190f3a2 restart retry --by ann
              belay resolve 0190f3a2 run retry

            `retry` starts it once more: if it had happened after all, it then happened twice, and the record says \
            who ordered it. A run that is stuck, because it lost its process again and again, is settled as a whole \
            with `run` in place of a step: it goes on (`retry`) or ends as `succeeded` or `failed`.
            """)

    @Argument(help: "The run, or the beginning of its id.")
    var run: String

    @Argument(help: "The step's path, as `belay audit show` writes it; `run` for a stuck run.")
    var step: String

    @Argument(help: "succeeded, failed or retry.")
    var outcome: String

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try OrderOptions.checkRun(run)
        let done = try await order.carryOut(
            "/v1/runs/\(run)/resolve", ["step": .string(step), "outcome": .string(outcome)]
        ) { (operations, person) async throws(OperationProblem) in
            let done = try await operations.resolve(run, step: step, as: outcome, by: person)
            return ["run": .string(done.run)]
        }
        Output.standard(
            "\(outcome), says \(done.person): run \(done.answer["run"]?.stringValue ?? run)  step \(step)"
                + (done.byDaemon ? "" : "\nit goes on when `belay serve` runs"))
    }
}

/// `belay cancel`: end a run.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a run: nothing more of it begins.",
        discussion: "Example:\n  belay cancel 0190f3a2 --by ann")

    @Argument(help: "The run, or the beginning of its id.")
    var run: String

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try OrderOptions.checkRun(run)
        let done = try await order.carryOut("/v1/runs/\(run)/cancel", [:]) {
            (operations, person) async throws(OperationProblem) in
            ["run": .string(try await operations.cancel(run, by: person).run)]
        }
        Output.standard(
            "cancelled by \(done.person): run \(done.answer["run"]?.stringValue ?? run)"
                + (done.byDaemon ? "" : "\nit ends when `belay serve` runs"))
    }
}
