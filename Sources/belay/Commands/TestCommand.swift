import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON
import Text

/// `belay test`: run `*.test.yaml` on virtual time.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of runbooks on virtual time; nothing is called.",
        discussion: """
            Example:
              belay test
              belay test runbooks/cache.test.yaml --run 'cooldown'

            Without paths every test of the repository is run. Exit status 1 if a case fails.
            """)

    @Argument(help: ArgumentHelp("Test files, or the folder of the runbooks.", valueName: "path"))
    var paths: [String] = []

    @OptionGroup var repository: RepositoryOptions

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Only cases whose name the RE2 expression finds.", valueName: "re"))
    var chosen: String?

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    @Flag(name: .long, help: "Fail if there is no case to run.")
    var failOnEmpty = false

    func run() throws {
        try Formats.check(format)
        let wanted = try expression()
        let folders = paths.filter(Files.isFolder)
        let compilation = try repository.compile(folders, lints: false)
        guard let program = compilation.program else {
            Output.standardError(
                FindingsView(compilation.diagnostics, format: "human", color: .auto, descriptor: 2)
                    .text)
            throw CommandProblem(
                .findings, "nothing is tested in a repository with errors", help: "belay check")
        }
        let runner = RunbookTestRunner(program)
        let reports = try files(compilation.syntax, folders).flatMap { file in
            runner.run(file) { wanted?.isFound(in: $0) ?? true }
        }
        show(reports)
        let failed = reports.count { !$0.passed }
        if failed > 0 || (failOnEmpty && reports.isEmpty) { throw ExitStatus.findings }
    }

    private func expression() throws -> RegularExpression? {
        guard let chosen else { return nil }
        do { return try RegularExpression(chosen) } catch {
            throw CommandProblem(.usage, "\(chosen) is no RE2 expression: \(error)")
        }
    }

    /// All tests of the repository, or the files that are named.
    private func files(_ syntax: RepositorySyntax, _ folders: [String]) throws -> [RunbookTestFile]
    {
        let named = paths.filter { !folders.contains($0) }
        guard !named.isEmpty else { return syntax.tests }
        return try named.map { path in
            let wanted = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
            guard
                let file = syntax.tests.first(where: {
                    wanted == $0.file.path || wanted.hasSuffix("/" + $0.file.path)
                })
            else {
                let near = Suggestion.nearest(to: wanted, in: syntax.tests.map(\.file.path))
                throw CommandProblem(
                    .unreadable, "\(path) is no test of this repository",
                    help: near.map { "did you mean \($0)?" })
            }
            return file
        }
    }

    private func show(_ reports: [CaseReport]) {
        if format == "json" {
            let cases = reports.map { report -> JSONValue in
                [
                    "file": .string(report.file), "name": .string(report.name),
                    "passed": .bool(report.passed),
                    "text": .string(report.passed ? "" : report.text),
                ]
            }
            Output.standard(
                JSONValue.object(["schema_version": "1.0", "cases": .array(cases)]).pretty())
            return
        }
        for report in reports {
            Output.standard(report.passed ? "ok   \(report.file)  \(report.name)" : report.text)
            for mock in report.unusedMocks {
                Output.standard(
                    "     warning[RB5002]: no call uses the mock `\(mock.key)`, \(mock.span)")
            }
        }
        let failed = reports.count { !$0.passed }
        Output.standard("\(reports.count - failed) passed, \(failed) failed")
    }
}
