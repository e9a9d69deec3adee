import ArgumentParser
import EventPattern

/// `belay match`: try an event pattern, or a file of cases.
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Try an event pattern on an event, or run a file of cases.",
        discussion: """
            Example:
              belay match --pattern '{"env": ["prod"]}' --event '{"env": "prod"}'
              belay match --cases cases.jsonl

            A case is a line of JSON: {"id": "a", "pattern": {"env": ["prod"]}, "event": {"env": "prod"}, "match": \
            true}, or without event {"id": "b", "pattern": {"env": "prod"}, "valid": false}. Where the spelling of \
            numbers or repeated keys matter, pattern and event may be texts that hold JSON.

            Exit status 1 if it does not match, or a case fails.
            """)

    @Option(name: .long, help: ArgumentHelp("The pattern, as JSON.", valueName: "json"))
    var pattern: String?

    @Option(name: .long, help: ArgumentHelp("The event, as JSON.", valueName: "json"))
    var event: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "JSON lines of {id, pattern, event, match} or {id, pattern, valid}.", valueName: "file")
    )
    var cases: String?

    @Flag(name: .long, help: "Allow our own operators contains and matches.")
    var extended = false

    private var options: PatternOptions { extended ? .extended : .eventBridge }

    func run() throws {
        if let cases { return try run(cases: cases) }
        guard let pattern, let event else {
            throw CommandProblem(
                .usage, "--pattern and --event, or --cases, are needed", help: "belay match --help")
        }
        do {
            let matches = try EventPattern(json: pattern, options: options).matches(
                json: Array(event.utf8))
            Output.standard(matches ? "matches" : "does not match")
            if !matches { throw ExitStatus.findings }
        } catch let error as PatternError {
            throw CommandProblem(.unreadable, "the pattern is not valid: \(error)")
        } catch let error as EventError {
            throw CommandProblem(.unreadable, "the event cannot be read: \(error)")
        }
    }

    private func run(cases path: String) throws {
        let cases = PatternCases(lines: try Files.read(path), options: options)
        for failure in cases.failures { Output.standard("\(failure.id): \(failure.message)") }
        Output.standard(cases.summary)
        if !cases.failures.isEmpty { throw ExitStatus.findings }
    }
}
