import BelayEngine
import Cryptography
import FoundationEssentials
import JSON
import Testing

/// Reads the journal's fixtures.
enum JournalVectors {
    static func read(_ name: String) throws -> JSONValue {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let data = try Data(
            contentsOf: URL(filePath: "/\(folder)/Fixtures/Journal/\(name)"))
        return try JSONParser.parse([UInt8](data))
    }

    static func cases(_ name: String) throws -> [JSONValue] {
        try read(name)["cases"]?.arrayValue ?? []
    }
}

extension JSONValue {
    func text(_ name: String) throws -> String { try #require(self[name]?.stringValue) }

    func number(_ name: String) throws -> Int64 { try #require(self[name]?.integerValue) }

    /// The bytes of a text in hexadecimal.
    func hexBytes() throws -> [UInt8] { try #require(stringValue.flatMap { Hex.decode($0) }) }

    func list(_ name: String) throws -> [JSONValue] { try #require(self[name]?.arrayValue) }

    /// The hashes of a list in base64 or hexadecimal; `null` is no hash. Fails for what is no hash of 32 bytes.
    func digests(_ name: String) -> [Digest]? {
        let texts = self[name]?.arrayValue?.map { $0.stringValue ?? "" } ?? []
        let digests = texts.compactMap { text in
            Digest(hex: text) ?? Base64.decode(text).flatMap { Digest($0) }
        }
        return digests.count == texts.count ? digests : nil
    }

    func digest(_ name: String) -> Digest? {
        self[name]?.stringValue.flatMap { text in
            Digest(hex: text) ?? Base64.decode(text).flatMap { Digest($0) }
        }
    }

    /// A root; where upstream wrote a text that is no hash (`don't care`), any fixed hash of it does.
    func root(_ name: String) -> Digest? {
        digest(name) ?? self[name]?.stringValue.map { SHA256.hash(utf8: $0) }
    }
}
