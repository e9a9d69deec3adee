import Testing
import Text

@Suite struct RegularExpressionTests {
    @Test func findsAnywhere() throws {
        let expression = try RegularExpression("(?i)out of memory|OOMKilled")
        #expect(expression.isFound(in: "pod x: Out Of Memory"))
        #expect(!expression.isFound(in: "pod x: fine"))
        #expect(!expression.isFound(in: ""))
        #expect(try RegularExpression("").isFound(in: ""))
        #expect(
            try RegularExpression("^$").isFound(in: UnsafeRawBufferPointer(start: nil, count: 0)))
        #expect(try RegularExpression("^h.llo$").isFound(in: "hällo"))
    }

    @Test func groups() throws {
        let expression = try RegularExpression("(a+)(x)?(b)")
        #expect(expression.groupCount == 3)
        #expect(expression.find(in: "zzaab") == ["aab", "aa", nil, "b"])
        #expect(expression.find(in: "zz") == nil)
        let bytes = Array("abaab".utf8)
        let second = bytes.withUnsafeBytes { expression.find(in: $0, from: 1) }
        #expect(second == [2..<5, 2..<4, nil, 4..<5])
    }

    @Test(arguments: ["(?=a)", "\\1", "(", "a**b[", "\\C\\"])
    func invalid(_ pattern: String) {
        let error = #expect(throws: RegularExpressionError.self) {
            _ = try RegularExpression(pattern)
        }
        #expect(error?.message.isEmpty == false)
        #expect(error?.pattern == pattern)
    }

    @Test func linear() throws {
        let expression = try RegularExpression("(a+)+b")
        #expect(!expression.isFound(in: String(repeating: "a", count: 100_000)))
    }
}
