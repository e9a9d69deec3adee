import BelayCompiler
import BelayProviders
import Testing

/// The page of every lint shows what provokes it, and a cure that does not.
@Suite struct LintPageTests {
    /// What only a test's run, an environment or the machine tells.
    private static let elsewhere: Set<String> = [
        "RB1106", "RB1108", "RB1109", "RB1110", "RB4004", "RB5002",
    ]

    /// Actions of one's own that pages speak of.
    private static let actions = """
        apiVersion: belay/v1
        kind: Actions
        metadata: {name: ours}
        actions:
          drain_queue: {description: Drain a queue, effect: change, recovery: idempotent}
          drop_index:
            description: Drop an index
            effect: destroy
            recovery: idempotent
            timeout: 30s
        """

    static let judged: [DiagnosticCode] = DiagnosticCodes.all.filter { code in
        !code.code.hasPrefix("RB10") && !elsewhere.contains(code.code)
    }

    @Test(arguments: LintPageTests.judged)
    func exampleAndCure(_ code: DiagnosticCode) throws {
        let blocks = try blocks(code.code)
        #expect(found(blocks[0]).contains(code.code), "\(found(blocks[0]))")
        let left = found(blocks[1])
        #expect(!left.contains(code.code), "\(left)")
    }

    /// What an environment lacks is told with `check --env`: a runbook and the environment that cures it, an environment
    /// and a better one.
    @Test func examplesOfEnvironments() throws {
        let bare = "apiVersion: belay/v1\nkind: Environment\nmetadata: {name: production}\n"
        let group = try blocks("RB1108")
        #expect(try lacks([group[0], bare]) == ["RB1108"])
        #expect(try lacks([group[0], group[1]]).isEmpty)
        let variable = try blocks("RB1109")
        #expect(try lacks([variable[0]]) == ["RB1109"])
        #expect(try lacks([variable[1]]).isEmpty)
        let change = try blocks("RB1110")
        #expect(try lacks([change[0], bare]) == ["RB1110"])
        #expect(try lacks([change[0], change[1]]).isEmpty)
    }

    private func blocks(_ code: String) throws -> [String] {
        let blocks = try Repository.text("docs/diagnostics/\(code).md")
            .split(separator: "```yaml\n").dropFirst()
            .map { String($0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)) }
        try #require(blocks.count == 2)
        return blocks
    }

    private func lacks(_ texts: [String]) throws -> [String] {
        let files = texts.enumerated().map {
            SourceFile(path: "runbooks/\($0.offset).yaml", text: $0.element)
        }
        let compilation = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
        let program = try #require(compilation.program, "\(compilation.diagnostics.sorted)")
        let environment = try #require(program.environments["production"])
        let file = try #require(compilation.syntax.environments.first)
        var diagnostics = Diagnostics()
        EnvironmentReadiness.targets(of: program, in: environment, &diagnostics)
        EnvironmentReadiness.approvals(of: program, in: environment, &diagnostics)
        EnvironmentReadiness.variables(
            of: environment, declaredIn: file, isSet: { _ in false }, &diagnostics)
        return diagnostics.sorted.map(\.code.code)
    }

    @Test func thereAreAsManyAsWeThink() { #expect(Self.judged.count >= 25) }

    private func found(_ text: String) -> [String] {
        let files = [
            SourceFile(path: "runbooks/actions.yaml", text: Self.actions),
            SourceFile(path: "runbooks/x.yaml", text: text),
        ]
        return Compiler.compile(files, catalogue: BuiltinActions.catalogue).diagnostics.sorted
            .map(\.code.code)
    }
}
