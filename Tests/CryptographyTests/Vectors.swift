import Cryptography
import FoundationEssentials
import JSON

/// Reads one fixture file beside these tests.
enum Vectors {
    static func read(_ name: String) throws -> JSONValue {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "/\(folder)/Fixtures/\(name)"))
        return try JSONParser.parse([UInt8](data))
    }

    static func cases(_ name: String) throws -> [JSONValue] {
        try read(name)["cases"]?.arrayValue ?? []
    }
}

extension JSONValue {
    /// The bytes that a member holds in hexadecimal.
    func bytes(_ name: String) throws -> [UInt8] {
        struct NoHexadecimalMember: Error {}
        guard let text = self[name]?.stringValue, let bytes = Hex.decode(text) else {
            throw NoHexadecimalMember()
        }
        return bytes
    }
}
