import BelayCompiler
import BelayEngine
import Cryptography
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Secrets are found where the environment says, and never shown in any form.
@Suite struct SecretVaultTests {
    private static let secret = "p@ss/w\"ord+ü&<1>"
    private let vault = SecretVault(values: ["DB": secret, "SHORT": "p@ss", "EMPTY": ""])

    private static let forms: [String] = {
        let bytes = Array(secret.utf8)
        let json = String(JSONValue.string(secret).text().dropFirst().dropLast())
        return [
            "before \(secret) after", "x\(Base64.encode(bytes))y",
            "Basic \(Base64.encode(Array("user:".utf8) + bytes))",
            "Basic \(Base64.encode(Array("u:".utf8) + bytes + [33, 33]))",
            Base64.encode([0] + bytes, .url),
            "https://a/?k=\(PercentEncoding.encode(secret))",
            PercentEncoding.encode(secret).lowercased(),
            "{\"k\":\"\(json)\"}", "{\"k\":\"\(json.replacingOccurrences(of: "/", with: "\\/"))\"}",
            "{\"k\":\"p@ss/w\\\"ord+\\u00fc&<1>\"}",
            PercentEncoding.encode(secret, keeping: "/"),
            "p@ss\\/w\\\"ord+\\u00fc&<1>", "\\\"p@ss/w\\\\\\\"ord+ü&<1>\\\"",
            "{\"k\":\"p@ss/w\\\"ord+ü\\u0026\\u003c1\\u003e\"}",
        ]
    }()

    @Test(arguments: forms) func noFormIsShown(_ text: String) {
        let shown = vault.redact(text)
        #expect(shown.contains("‹secret DB›"))
        #expect(!shown.contains("w\"ord") && !shown.contains("p@ss"))
    }

    @Test func otherTextStays() {
        #expect(vault.redact("nothing to hide: pass") == "nothing to hide: pass")
        #expect(vault.redact("p@ss") == "‹secret SHORT›")
        #expect(vault.redact("") == "")
    }

    @Test func unknownNamesAreRefused() throws {
        #expect(throws: SecretError.self) { try vault.open("NONE") }
        #expect(try vault.open("DB") == Self.secret)
    }

    @Test func sourcesAreAsked() async throws {
        let folder = try Fixtures.temporaryFolder()
        let file = folder.appending(path: "secret").path(percentEncoded: false)
        try "from file\n".write(toFile: file, atomically: true, encoding: .utf8)
        let tools = TestCall.tools(variables: [
            "TOKEN": "from env", "MAP": "{\"a\": {\"b\": 1}, \"k\": 5}",
        ])
        let vault = await SecretSources(tools: tools).vault(for: [
            "A": SecretReference(origin: "env", name: "TOKEN"),
            "B": SecretReference(origin: "file", name: file),
            "C": SecretReference(origin: "env", name: "MAP", key: "k"),
            "D": SecretReference(origin: "env", name: "UNSET"),
            "E": SecretReference(origin: "file", name: "/nonexistent"),
            "F": SecretReference(origin: "env", name: "MAP", key: "a"),
            "G": SecretReference(origin: "vault", name: "x"),
        ])
        #expect(try vault.open("A") == "from env")
        #expect(try vault.open("B") == "from file")
        #expect(try vault.open("C") == "5")
        for (name, words) in [
            ("D", "UNSET is not set"), ("E", "cannot be read"), ("F", "no text under 'a'"),
            ("G", "called 'vault'"),
        ] {
            do throws(SecretError) {
                _ = try vault.open(name)
                Issue.record("\(name) was opened")
            } catch {
                #expect(error.message.contains(words))
            }
        }
    }
}
