import BelayCompiler
import BelayProviders
import Testing

/// The page of every lint shows what provokes it, and a cure that does not.
@Suite struct LintPageTests {
    /// What only a test's run, an environment or the machine tells.
    private static let elsewhere: Set<String> = ["RB1106", "RB1108", "RB1109", "RB4004", "RB5002"]

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
        let blocks = try Repository.text("docs/diagnostics/\(code.code).md")
            .split(separator: "```yaml\n").dropFirst()
            .map { String($0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)) }
        try #require(blocks.count == 2)
        #expect(found(blocks[0]).contains(code.code), "\(found(blocks[0]))")
        let left = found(blocks[1])
        #expect(!left.contains(code.code), "\(left)")
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
