import ArgumentParser
import BelayCompiler
import CEL
package import JSON

/// `belay eval`: try a CEL expression, or a file of conformance cases.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Try a CEL expression, or run a file of cases.",
        discussion: """
            Example:
              belay eval 'incident.labels.env == "prod"' --data data.json
              belay eval --cases cases.jsonl

            The members of the data are the names that the expression may use. Exit status 1 if it has no value, or \
            a case fails.
            """)

    @Argument(help: "The expression.")
    var expression: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A JSON object whose members are the variables.", valueName: "file"))
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp("JSON lines in the conformance data's encoding.", valueName: "file"))
    var cases: String?

    @Flag(name: .long, help: "Draw the value of each part below the expression.")
    var explain = false

    func run() throws {
        if let cases { return try run(cases: cases) }
        guard let expression else {
            throw CommandProblem(
                .usage, "an expression or --cases is needed", help: "belay eval --help")
        }
        let members = try variables()
        let environment = CELEnvironment(
            variables: members.map { ($0.name, .dyn) }, numericComparisons: .cross)
        let program: CELProgram
        do throws(CELProgram.Invalid) { program = try CELProgram(expression, environment) } catch {
            throw CommandProblem(
                .unreadable, error.diagnostics.map(\.description).joined(separator: "\n"))
        }
        var activation = CELActivation(environment)
        for member in members { activation.bind(member.name, CELValue(member.value)) }
        if explain {
            Output.standard(program.explain(activation).trace.drawing(expression))
        }
        switch program.evaluate(activation) {
        case .success(let value): if !explain { Output.standard(value.description) }
        case .failure(let error): throw CommandProblem(.findings, error.message)
        }
    }

    private func variables() throws -> [(name: String, value: JSONValue)] {
        guard let data else { return [] }
        guard let object = try Files.json(data).objectValue else {
            throw CommandProblem(.unreadable, "\(data) holds no JSON object")
        }
        return object.members
    }

    private func run(cases path: String) throws {
        var report = CELCaseReport()
        var number = 0
        for line in try Files.read(path).split(separator: UInt8(ascii: "\n")) where !line.isEmpty {
            number += 1
            if let document = try? JSONParser.parse(Array(line)), let test = CELCase(document) {
                report.run(test)
            } else {
                report.addUnreadable("line \(number)")
            }
        }
        for failure in report.failures { Output.standard(failure) }
        Output.standard(report.summary)
        if report.failed > 0 { throw ExitStatus.findings }
    }
}

extension JSONValue: CELCaseDocument {
    package var caseText: String? { stringValue }
    package var caseTruth: Bool? { boolValue }
    package var caseItems: [JSONValue]? { arrayValue }
    package var caseMembers: [(name: String, value: JSONValue)]? { objectValue?.members }
}
