import Foundation
import Testing

/// Marked secrets of all four origins go through a whole chain, in which servers and programs say them again in every
/// form; then everything that the engine wrote or said is searched for them.
@Suite struct TaintTests {
    private static let secrets = [
        "ENV": #"Mark1/env "ü+&<x>="#, "FILE": #"Mark2/file\ "é?&%41"#,
        "STORE": #"Mark3/store "ß+&<y>~"#, "PARAMETER": #"Mark4/parameter "ø='z"#,
    ]

    /// A secret in all forms in which text may hold it.
    private struct Marked {
        let name: String
        let forms: [(kind: String, bytes: Data)]

        init(_ name: String, _ secret: String) {
            self.name = name
            let raw = Data(secret.utf8)
            var forms: [(String, String)] = [("plain", secret)]
            let hex = raw.map { String(format: "%02x", $0) }.joined()
            forms += [("hex", hex), ("hex", hex.uppercased())]
            for shift in 0..<3 {
                let text = (Data(repeating: 0x75, count: shift) + raw).base64EncodedString()
                    .replacing("=", with: "")
                // What depends on the neighbours is left out.
                let own = text.dropFirst(shift == 0 ? 0 : shift + 1).dropLast()
                forms.append(("base64+\(shift)", String(own)))
                let other = own.replacing("+", with: "-").replacing("/", with: "_")
                forms.append(("base64url+\(shift)", String(other)))
            }
            let unreserved = CharacterSet(
                charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
            let percent = secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
            forms += [
                ("percent", percent),
                ("percent", percent.replacing(#/%../#) { $0.output.lowercased() }),
            ]
            forms.append(("percent", percent.replacing("%20", with: "+")))
            forms.append(("percent", percent.replacing("%2F", with: "/")))
            forms += Self.json(secret).map { ("json", $0) }
            self.forms = forms.map { ($0.0, Data($0.1.utf8)) }
        }

        private static func json(_ secret: String) -> [String] {
            let escaped = secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let ascii = escaped.unicodeScalars.map {
                $0.isASCII ? String($0) : "\\u" + String(format: "%04x", $0.value)
            }.joined()
            return [escaped, ascii, ascii.replacing("/", with: "\\/")]
        }

        /// Kinds of forms that a text holds.
        func found(in data: Data) -> Set<String> {
            Set(forms.filter { data.range(of: $0.bytes) != nil }.map(\.kind))
        }
    }

    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: taint}
        rules:
          - id: everything
            match: {type: Taint}
            target: thing
            steps:
              - {id: told, uses: notify_human, with: {message: "the token is ${{ secrets.ENV }}"}}
              - {id: fine, uses: clear_cache}
              - {id: prints, uses: scale_down, with: {to: 1}}
              - {id: fails, uses: scale_up, with: {to: 2}, continue_on_error: true}
              - {id: refused, uses: restart_service, continue_on_error: true}
              - {id: down, uses: http.request, with: {body: {a: "${{ secrets.FILE }}"}}}
            on_failure:
              - {id: page, uses: notify_human, with: {message: "${{ failure.message }}"}}
        """

    private static func environment(_ port: String, _ folder: Folder) -> String {
        let script = Repository.fixtures.appending(path: "servers/echo.py").path
        let http = "provider: http, operation: request, recovery: idempotent, method: POST"
        let exec = "provider: exec, recovery: idempotent"
        let command = { (status: Int) in
            "command: [/usr/bin/env, python3, \(script), print, \(folder.path("said")), '\(status)']"
        }
        return """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: taint}
            mode: auto
            secrets:
              ENV: {env: SECRET_ENV}
              FILE: {file: \(folder.path("secret"))}
              STORE: {from: aws.secretsmanager, name: prod/webhook, key: token}
              PARAMETER: {from: aws.ssm, name: /prod/token}
            bind:
              notify_human: {provider: log}
              clear_cache:
                {\(http), url: "http://127.0.0.1:\(port)/ok", body: {a: "${{ secrets.PARAMETER }}"},
                 headers: {Authorization: "Bearer ${{ secrets.STORE }}"}}
              restart_service:
                {\(http), url: "http://127.0.0.1:\(port)/refused", body: {a: "${{ secrets.ENV }}"},
                 headers: {Authorization: "Bearer ${{ secrets.FILE }}"}}
              http.request:
                {\(http), url: "http://127.0.0.1:\(port)/down",
                 headers: {Authorization: "Bearer ${{ secrets.PARAMETER }}"}}
              scale_down:
                {\(exec), \(command(0)), env: {TOKEN: "${{ secrets.ENV }}", PATH: /usr/bin:/bin:/usr/local/bin, PYTHONIOENCODING: utf-8}}
              scale_up:
                {\(exec), \(command(3)), env: {TOKEN: "${{ secrets.STORE }}", PATH: /usr/bin:/bin:/usr/local/bin, PYTHONIOENCODING: utf-8}}
            targets: {thing: {}}
            """
    }

    /// Files and what commands said, by name.
    private func everything(
        _ folder: Folder, _ repository: Folder, _ variables: [String: String]
    ) async throws -> [String: Data] {
        var texts: [String: Data] = [:]
        let place = ["--repo", repository.path, "--env", "taint"]
        let incident = ["-i", repository.path("incident.json")]
        let commands: [[String]] = [
            ["plan"] + incident + place, ["plan", "--format", "json"] + incident + place,
            ["explain"] + incident + place, ["run"] + incident + place,
            ["run", "--dry-run"] + incident + place,
            ["audit", "show"], ["audit", "show", "--format", "json"], ["audit", "log"],
            ["audit", "export", "--format", "jsonl"],
            ["audit", "export", "--format", "cloudevents"],
            ["audit", "export", "--format", "otlp"], ["doctor"] + place,
            ["doctor", "--format", "json"] + place,
        ]
        for command in commands {
            let answer = try await Belay.run(command, in: folder, variables: variables)
            let name = command.prefix(4).joined(separator: " ")
            #expect(answer.status <= 1, "\(name): \(answer.errors)")
            texts[name] = Data(answer.output.utf8) + Data(answer.errors.utf8)
            if command == ["run"] + incident + place {
                let text = answer.output + answer.errors
                for step in ["told", "fine", "prints", "fails", "refused", "down", "page"] {
                    #expect(text.contains(step), "\(step) is not in the trail")
                }
                #expect(text.contains("‹secret ENV›") && text.contains("‹secret FILE›"), "\(text)")
            }
        }
        let state = folder.url("state")
        let files = FileManager.default.enumerator(at: state, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() {
            if let data = try? Data(contentsOf: file) { texts[file.lastPathComponent] = data }
        }
        #expect(texts["journal.db"] != nil)
        return texts
    }

    @Test func noFormOfASecretIsLeftBehind() async throws {
        let world = try await World.make([
            "SECRET_STORE": Self.secrets["STORE"] ?? "",
            "SECRET_PARAMETER": Self.secrets["PARAMETER"] ?? "",
        ])
        let (folder, repository) = (try Folder(), try Folder())
        try repository.write((Self.secrets["FILE"] ?? "") + "\n", to: "secret")
        let echo = try Echo(repository.path("said"))
        try repository.write(Self.runbook, to: "runbooks/taint.yaml")
        try repository.write(
            Self.environment(echo.port, repository), to: "runbooks/environments/taint.yaml")
        try repository.write(
            #"{"id": "1", "type": "Taint", "priority": "high", "started_at": "2026-03-01T02:00:00Z"}"#,
            to: "incident.json")
        var variables = world.variables
        variables["SECRET_ENV"] = Self.secrets["ENV"]
        let texts = try await everything(folder, repository, variables)

        // They were said again, in every form: the search can find them.
        let said = Data(try repository.text("said").utf8)
        let kinds: Set = [
            "plain", "hex", "base64+0", "base64+1", "base64+2", "base64url+0", "base64url+1",
            "base64url+2", "percent", "json",
        ]
        for (name, secret) in Self.secrets {
            let marked = Marked(name, secret)
            #expect(marked.found(in: said) == kinds, "\(name)")
            for (place, text) in texts {
                #expect(marked.found(in: text).isEmpty, "\(name) is in \(place)")
            }
        }
    }
}

/// A server that says again what it is told, on a free port; gone with the test.
private final class Echo: Sendable {
    let port: String
    private let life = Pipe()
    private let program: RunningProgram

    init(_ log: String) throws {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Repository.fixtures.appending(path: "servers/echo.py").path, "serve", log,
        ]
        process.standardInput = life
        process.standardOutput = output
        program = try RunningProgram(process)
        port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { try? life.fileHandleForWriting.close() }
}
