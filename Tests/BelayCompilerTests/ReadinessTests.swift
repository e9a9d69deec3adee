import Foundation
import Testing

@testable import BelayCompiler

/// What an environment lacks for the night: marked is where it is said.
struct ReadinessTests {
    private static let catalogue = ActionCatalogue(
        capabilities: [
            ActionContract(
                "tell", description: "Tell.", effect: .notify, recovery: .once,
                timeout: .seconds(15)),
            ActionContract(
                "mend", description: "Mend.", effect: .change, recovery: .idempotent,
                timeout: .seconds(15)),
        ],
        providers: [
            ProviderContract(
                "door", description: "A door.",
                settings: [InputContract("host", .string), InputContract("port", .any)],
                operations: [
                    OperationContract(
                        "knock",
                        action: ActionContract(
                            "door.knock", description: "Knock.", effect: .notify, recovery: .once,
                            timeout: .seconds(15)), serves: ["tell"])
                ])
        ])

    /// What is found in environment `here`.
    private static func findings(
        _ runbook: SourceFile, _ environment: SourceFile, set: Set<String> = []
    ) throws -> [Diagnostic] {
        let compilation = Compiler.compile(
            [runbook, environment], catalogue: catalogue, lints: false)
        let program = try #require(compilation.program, "\(compilation.diagnostics.sorted)")
        let here = try #require(program.environments["here"])
        let file = try #require(compilation.syntax.environments.first)
        var diagnostics = Diagnostics()
        EnvironmentReadiness.targets(of: program, in: here, &diagnostics)
        EnvironmentReadiness.approvals(of: program, in: here, &diagnostics)
        EnvironmentReadiness.variables(
            of: here, declaredIn: file, isSet: set.contains, &diagnostics)
        return diagnostics.sorted
    }

    private static func runbook(_ steps: String, owner: String = "dba") -> String {
        """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: x, owner: \(owner)}
        rules:
          - id: a
            match: {type: x}
            steps: [\(steps)]

        """
    }

    private static func environment(_ more: String) -> SourceFile {
        SourceFile(
            path: "runbooks/environments/here.yaml",
            text: "apiVersion: belay/v1\nkind: Environment\nmetadata: {name: here}\n\(more)\n")
    }

    // MARK: RB1108

    @Test(arguments: [
        (
            "{uses: tell, approval: {from: [⟦group/dba⟧]}}", "people: {groups: {dba: []}}",
            "denied after 30m"
        ),
        (
            "{uses: tell, approval: {from: [⟦group/dba⟧], timeout: 5m, on_timeout: proceed}}",
            "mode: auto", "goes on unapproved after 5m"
        ),
        (
            "{uses: tell, approval: {from: [group/sre, ⟦group/dba⟧]}}",
            "people: {groups: {sre: [ann], dba: []}}", "others"
        ),
        (
            "{uses: tell, approval: {from: [eve, ⟦group/dba⟧]}}", "people: {groups: {dba: []}}",
            "others"
        ),
        ("{uses: tell, approval: ⟦{timeout: 5m}⟧}", "people: {groups: {dba: []}}", "nobody can"),
        (
            "{parallel: [{uses: tell, approval: {from: [⟦group/dba⟧]}}, {id: b, uses: tell}]}",
            "people: {groups: {dba: []}}", "nobody can"
        ),
    ])
    func aGroupWithNobodyIsNamed(_ steps: String, _ people: String, _ label: String) throws {
        let marked = MarkedText(Self.runbook(steps))
        let found = try Self.findings(marked.file, Self.environment(people))
        try #require(found.map(\.code.code) == ["RB1108"], "\(found)")
        #expect(found[0].severity == .warning)
        #expect(found[0].primary?.span.range == marked.range)
        #expect(found[0].primary?.text.contains(label) == true, "\(found[0])")
        #expect(found[0].message == "nobody is in `group/dba` in environment `here`")
    }

    @Test(arguments: [
        ("{uses: tell, approval: {from: [group/dba]}}", "people: {groups: {dba: [ann]}}"),
        ("{uses: tell, approval: {from: [ann]}}", "mode: auto"),
        // The owner's group, where the runbook names nobody: not here, it means anybody.
        ("{uses: tell, approval: {timeout: 5m}}", "mode: auto"),
        ("{uses: tell}", "people: {groups: {dba: []}}"),
    ])
    func whereSomebodyMayApproveNothingIsSaid(_ steps: String, _ people: String) throws {
        let file = SourceFile(path: "x.yaml", text: Self.runbook(steps))
        #expect(try Self.findings(file, Self.environment(people)).isEmpty)
    }

    // MARK: RB1109

    private static let quiet = SourceFile(path: "x.yaml", text: runbook("{uses: tell}"))

    @Test(arguments: [
        "env: [PORT, ⟦HOST⟧]\nbind: {tell: {provider: door, host: \"${{ env.HOST }}\"}}",
        "env: [⟦HOST⟧]\nbind: {tell: {provider: door, host: \"${{ env.HOST + ':1' }}\"}}",
        "env: [⟦HOST⟧]\nbind: {tell: {provider: door, host: \"a ${{ env.HOST }} b\"}}",
        "env: [HOST_NAME, ⟦HOST⟧]\nbind: {tell: {provider: door, host: \"${{ env.HOST_NAME }}\", port: \"${{ env.HOST }}\"}}",
        "secrets: {KEY: {env: ⟦HOST⟧}}",
    ])
    func whatIsNeededAndNotSetIsNamed(_ more: String) throws {
        let marked = MarkedText(Self.environment(more).text(0..<Self.environment(more).bytes.count))
        let file = SourceFile(path: "runbooks/environments/here.yaml", text: marked.text)
        let found = try Self.findings(Self.quiet, file, set: ["HOST_NAME"])
        try #require(found.map(\.code.code) == ["RB1109"], "\(found)")
        #expect(found[0].severity == .warning && found[0].message.contains("`HOST`"))
        #expect(found[0].primary?.span.range == marked.range)
        #expect(try Self.findings(Self.quiet, file, set: ["HOST_NAME", "HOST"]).isEmpty)
    }

    @Test(arguments: [
        "env: [HOST]", "env: [HOST]\nbind: {tell: {provider: door}}",
        "env: [HOST]\nbind: {tell: {provider: door, host: \"${{ env.?HOST.orValue('a') }}\"}}",
        "secrets: {KEY: {file: /run/key}}",
    ])
    func whatNeedNotBeSetIsNot(_ more: String) throws {
        #expect(try Self.findings(Self.quiet, Self.environment(more)).isEmpty)
    }

    // MARK: RB1110

    @Test(arguments: [
        "⟦mend⟧}, {id: b, uses: mend", "tell}, {id: b, uses: ⟦mend⟧",
        "tell, rollback: {uses: ⟦mend⟧}",
    ])
    func whereNothingMayBeActedOnEveryChangeIsNamed(_ steps: String) throws {
        let marked = MarkedText(Self.runbook("{uses: \(steps)}"))
        for more in ["mode: auto", "mode: observe", "targets: {}"] {
            let found = try Self.findings(marked.file, Self.environment(more))
            try #require(found.map(\.code.code) == ["RB1110"], "\(found)")
            #expect(found[0].severity == .warning && found[0].message.contains("`here`"))
            #expect(found[0].primary?.span.text == "here")
            #expect(found[0].notes.map(\.span.range) == [marked.range])
            #expect(found[0].notes.first?.text.contains("`mend`") == true)
            #expect(found[0].help.first?.contains("environments/here.yaml") == true)
        }
        #expect(try Self.findings(marked.file, Self.environment("targets: {a: {}}")).isEmpty)
    }

    @Test func whereNothingIsChangedNoTargetsAreNeeded() throws {
        #expect(try Self.findings(Self.quiet, Self.environment("targets: {}")).isEmpty)
    }

    @Test func whatIsSimulatedNeedsNoTargets() throws {
        let file = SourceFile(path: "x.yaml", text: Self.runbook("{uses: mend}"))
        let compilation = Compiler.compile([file], catalogue: Self.catalogue, lints: false)
        let program = try #require(compilation.program, "\(compilation.diagnostics.sorted)")
        let simulated = try #require(program.environments[EnvironmentProgram.simulatedName])
        var diagnostics = Diagnostics()
        EnvironmentReadiness.targets(of: program, in: simulated, &diagnostics)
        #expect(diagnostics.sorted.isEmpty)
    }

    @Test func aLongerNameIsAnother() throws {
        let file = Self.environment(
            "env: [HOST, HOST_NAME]\nbind: {tell: {provider: door, host: \"${{ env.HOST_NAME }}\"}}"
        )
        #expect(try Self.findings(Self.quiet, file, set: ["HOST_NAME"]).isEmpty)
    }
}
