import Foundation
import JSON
import Testing

private func fixture(_ name: String) throws -> JSONValue {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try JSONParser.parse(
        [UInt8](Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))))
}

private func bytes(hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).map { place in
        let start = hex.index(hex.startIndex, offsetBy: place)
        return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)!
    }
}

@Suite struct CanonicalTests {
    @Test func publishedCases() throws {
        let cases = try #require(fixture("jcs.json")["cases"]?.arrayValue)
        #expect(cases.count == 6)
        for item in cases {
            let input = try #require(item["inputBase64"]?.stringValue)
            let value = try JSONParser.parse([UInt8](#require(Data(base64Encoded: input))))
            let expected = bytes(hex: try #require(item["canonicalHex"]?.stringValue))
            #expect(value.canonicalBytes() == expected, "\(item["name"]?.stringValue ?? "")")
        }
    }

    @Test func publishedNumbers() throws {
        let lines = try #require(fixture("jcs-numbers.json")["ieee754HexToText"]?.arrayValue)
        #expect(lines.count == 1000)
        for line in lines {
            let pair = try #require(line.arrayValue)
            let bits = try #require(UInt64(pair[0].stringValue ?? "", radix: 16))
            #expect(ECMAScriptNumber.text(Double(bitPattern: bits)) == pair[1].stringValue)
        }
    }

    @Test func integersBeyondDoublesAreWrittenAsDoublesOnlyWhenCanonical() throws {
        let value = try JSONParser.parse("9007199254740993")
        #expect(value.text() == "9007199254740993")
        #expect(String(decoding: value.canonicalBytes(), as: UTF8.self) == "9007199254740992")
    }
}
