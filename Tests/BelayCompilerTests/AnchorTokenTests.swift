import Testing

@testable import BelayCompiler

/// `token` of an anchor: the name of a secret of the same file, never a value.
struct AnchorTokenTests {
    private static func compile(_ environment: String) -> Compilation {
        let file = SourceFile(path: "x.yaml", text: environment)
        let catalogue = ActionCatalogue(capabilities: [], providers: [])
        return Compiler.compile([file], catalogue: catalogue, lints: false)
    }

    private static func environment(_ token: String, secrets: String = "NOTARY: {env: NOTARY}")
        -> String
    {
        """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: here}
        secrets: {\(secrets)}
        anchors:
          - {http: "https://anchor.example.com/belay", token: "\(token)"}
          - {file: /mnt/worm/belay.checkpoints}

        """
    }

    @Test func itIsTheSecretOfThatName() throws {
        let compilation = Self.compile(
            Self.environment(
                "${{ secrets.NOTARY }}", secrets: "NOTARY: {file: /run/notary, key: token}"))
        let program = try #require(compilation.program, "\(compilation.diagnostics.sorted)")
        let anchors = try #require(program.environments["here"]).anchors
        let reference = SecretReference(origin: "file", name: "/run/notary", key: "token")
        #expect(
            anchors.map(\.token) == [AnchorToken(name: "NOTARY", reference: reference), nil])
    }

    @Test(arguments: [("NOTARI", "did you mean `NOTARY`?"), ("OTHER_DOOR", "under `secrets`")])
    func aSecretThatTheFileDoesNotDeclareIsAnError(_ name: String, _ help: String) throws {
        let marked = MarkedText(Self.environment("${{ secrets.⟦\(name)⟧ }}"))
        let found = Self.compile(marked.text).diagnostics.sorted
        try #require(found.map(\.code.code) == ["RB1201"], "\(found)")
        #expect(found[0].message == "environment `here` has no secret `\(name)`")
        #expect(found[0].primary?.span.range == marked.range)
        #expect(found[0].help.first?.contains(help) == true, "\(found[0].help)")
    }

    /// A token that somebody wrote down is named by its place, and no rendering repeats it.
    @Test(arguments: [
        ("\"hunter2hunter2\"", "RB1022"), ("[hunter2hunter2]", "RB1021"),
        ("\"hunter2 ${{ secrets.X \"", "RB1211"), ("{a: hunter2}", "RB1021"),
    ])
    func aTokenInClearIsNotShown(_ token: String, _ code: String) throws {
        let text = Self.environment("TOKEN").replacing("\"TOKEN\"", with: token)
        let found = Self.compile(text).diagnostics.sorted
        try #require(found.map(\.code.code) == [code], "\(found)")
        let renderers: [any DiagnosticRenderer] = [
            HumanRenderer(), JSONRenderer(), GitHubRenderer(), SARIFRenderer(),
        ]
        for renderer in renderers {
            let shown = renderer.render(found, options: RenderingOptions())
            #expect(shown.contains("x.yaml") && !shown.contains("hunter2"), "\(shown)")
        }
    }
}
