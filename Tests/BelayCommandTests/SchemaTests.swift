import Foundation
import Testing

/// The schemas in the repository are the ones that the binary makes, and editors can rely on them.
@Suite struct SchemaTests {
    private static let kinds = [
        "actions", "environment", "guardrails", "incident", "record", "runbook", "runbook-test",
    ]

    @Test func schemasDoNotDrift() async throws {
        let folder = try Folder()
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appending(path: "schemas").path
        ).sorted()
        #expect(files == Self.kinds.map { "\($0).schema.json" })
        for kind in Self.kinds {
            let made = try await Belay.run("schema", kind, in: folder)
            let kept = try Repository.text("schemas/\(kind).schema.json")
            #expect(
                made.output == kept,
                "run: belay schema \(kind) >schemas/\(kind).schema.json")
        }
    }

    @Test func theRunbooksAreValidForAnEditorToo() async throws {
        let folder = try Folder()
        let files = Repository.yamlFiles(below: "runbooks")
        #expect(files.count > 10)
        for (kind, files) in Dictionary(grouping: files, by: Self.kind) {
            let answer = try await check(kind, files, in: folder)
            #expect(answer.status == 0, "\(kind): \(answer.output)\(answer.errors)")
        }
    }

    @Test func theSchemasRefuseWhatIsWrong() async throws {
        let folder = try Folder()
        let mistakes = Repository.fixtures.appending(path: "mistakes/cache.yaml").path
        let answer = try await check("runbook", [mistakes], in: folder)
        #expect(answer.status == 1)
        #expect(answer.output.contains("priorty"), "\(answer.output)")
    }

    private func check(_ kind: String, _ files: [String], in folder: Folder) async throws
        -> Belay.Answer
    {
        let schema = Repository.root.appending(path: "schemas/\(kind).schema.json").path
        return try await Belay.execute(
            "/usr/bin/env", ["check-jsonschema", "--schemafile", schema] + files, in: folder)
    }

    private static func kind(of file: String) -> String {
        let text = (try? String(contentsOf: URL(filePath: file), encoding: .utf8)) ?? ""
        let kind = text.firstMatch(of: #/\nkind: *([A-Za-z]+)/#).map { String($0.1) } ?? "none"
        return kind == "RunbookTest" ? "runbook-test" : kind.lowercased()
    }
}

extension Repository {
    static func yamlFiles(below folder: String) -> [String] {
        let place = root.appending(path: folder).path
        let names = FileManager.default.enumerator(atPath: place)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.map { "\(place)/\($0)" }.sorted()
    }
}
