import Foundation
import JSON
import Testing

@testable import BelayCompiler

/// The schemas in the repository are those that the program makes.
struct SchemaTests {
    static let folder = FrontFixtures.repository.appending(path: "schemas")

    @Test(arguments: Schemas.names)
    func drift(_ name: String) throws {
        let text = try #require(Schemas.schema(name)).pretty() + "\n"
        try FrontFixtures.check(text, against: Self.folder.appending(path: "\(name).schema.json"))
    }

    @Test func noOtherSchemaLiesThere() throws {
        #expect(Schemas.names == Schemas.names.sorted())
        #expect(try FrontFixtures.names(in: Self.folder, ending: ".schema.json") == Schemas.names)
        #expect(Schemas.schema("other") == nil)
    }

    /// Every reference leads somewhere, and every definition is referred to.
    @Test(arguments: Schemas.names)
    func references(_ name: String) throws {
        let schema = try #require(Schemas.schema(name))
        var used: Set<String> = []
        func collect(_ value: JSONValue) {
            if let reference = value["$ref"]?.stringValue { used.insert(reference) }
            for member in value.objectValue ?? [:] { collect(member.value) }
            for item in value.arrayValue ?? [] { collect(item) }
        }
        collect(schema)
        let defined = schema["definitions"]?.objectValue?.names ?? []
        #expect(used == Set(defined.map { "#/definitions/\($0)" }))
    }
}
