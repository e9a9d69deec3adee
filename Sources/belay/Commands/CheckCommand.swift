import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// `belay check`: parse, types, lints.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check runbooks, environments, guardrails and tests.",
        discussion: """
            Example:
              belay check
              belay check runbooks/cache.yaml --format json
              belay check --explain RB2001

            Exit status 1 if there is an error.
            """)

    @Argument(help: ArgumentHelp("Files or folders; default: the repository.", valueName: "path"))
    var paths: [String] = []

    @OptionGroup var repository: RepositoryOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also check that this environment can carry out every rule, names targets where rules change anything, has whom approvals ask and is given its variables.",
            valueName: "name"))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("Show the page about a code and end.", valueName: "code"))
    var explain: String?

    @Option(name: .long, help: "human, json, github or sarif.")
    var format: String = "human"

    @Option(name: .long, help: "auto, always or never.")
    var color: ColorChoice = .auto

    @Flag(name: .long, help: "Apply the fixes that are certain.")
    var fix = false

    func run() throws {
        if let explain { return try show(explain) }
        guard Renderers.named(format) != nil else {
            throw CommandProblem(
                .usage, "unknown format \(format)", help: "formats are human, json, github, sarif")
        }
        var compilation = try repository.compile(paths)
        if fix, try applyFixes(compilation) > 0 { compilation = try repository.compile(paths) }
        Kept.untilExit(compilation)
        var diagnostics = compilation.diagnostics
        if let env, let program = compilation.program {
            let environment = try EnvironmentOptions.named(env, program)
            EnvironmentCheck.run(program, environment, &diagnostics)
            EnvironmentReadiness.targets(of: program, in: environment, &diagnostics)
            EnvironmentReadiness.approvals(of: program, in: environment, &diagnostics)
            let file = compilation.syntax.environments.first { $0.metadata.name.value == env }
            if let file {
                let world = LiveWorld()
                EnvironmentReadiness.variables(
                    of: environment, declaredIn: file,
                    isSet: { world.variable($0) != nil }, &diagnostics)
            }
        }
        let view = FindingsView(diagnostics, format: format, color: color)
        Output.standard(view.text)
        if format == "human" { Output.standardError(summary(compilation, diagnostics)) }
        if diagnostics.hasErrors { throw ExitStatus.findings }
    }

    private func summary(_ compilation: Compilation, _ diagnostics: Diagnostics) -> String {
        let syntax = compilation.syntax
        let files =
            syntax.runbooks.count + syntax.actions.count + syntax.environments.count
            + syntax.guardrails.count + syntax.tests.count
        let rules = syntax.runbooks.reduce(0) { $0 + $1.rules.count }
        let counts = Diagnostic.Severity.allCases.compactMap { severity -> String? in
            let count = diagnostics.count(of: severity)
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        var found = counts.isEmpty ? "nothing to complain about" : counts.joined(separator: ", ")
        if diagnostics.dropped > 0 { found += ", and \(diagnostics.dropped) more" }
        return
            "\(files) file\(files == 1 ? "" : "s"), \(rules) rule\(rules == 1 ? "" : "s"): \(found)"
    }

    private func applyFixes(_ compilation: Compilation) throws -> Int {
        let fixes = compilation.diagnostics.sorted.compactMap(\.fix)
        let files = Set(fixes.flatMap { $0.edits.map(\.span.file) })
        for file in files {
            try Files.write(Fix.apply(fixes, to: file), to: file.path)
        }
        return fixes.count
    }

    private func show(_ name: String) throws {
        guard let code = DiagnosticCodes.find(name) else {
            let near = Suggestion.nearest(
                to: name.uppercased(), in: DiagnosticCodes.all.map(\.code))
            throw CommandProblem(
                .usage, "unknown code \(name)", help: near.map { "did you mean \($0)?" })
        }
        Output.standard(DiagnosticPage.text(of: code))
    }
}

/// Holds a large value until the process ends: taking it apart piece by piece would only cost time.
private final class Kept<Value> {
    private let value: Value

    private init(_ value: Value) { self.value = value }

    static func untilExit(_ value: Value) { _ = Unmanaged.passRetained(Kept(value)) }
}

extension ColorChoice: ExpressibleByArgument {}

extension EnvironmentOptions {
    static func named(_ name: String, _ program: Program) throws(CommandProblem)
        -> EnvironmentProgram
    {
        var options = EnvironmentOptions()
        options.env = name
        return try options.environment(of: program)
    }
}
