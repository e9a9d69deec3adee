import BelayCompiler
import JSON
import Testing

struct CoreSchemaTests {
    static let values: [(String, JSONValue)] = [
        ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nUll", "nUll"),
        ("true", true), ("False", false), ("TRUE", true), ("yes", "yes"), ("NO", "NO"),
        ("0", 0), ("-12", -12), ("+5", 5), ("0123", 123), ("0o17", 15), ("0xFF", 255),
        ("0o8", "0o8"),
        ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .bignum("9223372036854775808")),
        ("-0009223372036854775809", .bignum("-9223372036854775809")),
        ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("-.5e-1", -0.05), ("1e3", 1000.0),
        ("3.0e2", 300.0),
        ("1_000", "1_000"), ("12:30:45", "12:30:45"), (".inf", ".inf"), (".nan", ".nan"),
        (".", "."),
        ("1e999", "1e999"), ("e3", "e3"), ("+", "+"), ("0x", "0x"), ("0o-7", "0o-7"), ("1e", "1e"),
    ]

    @Test(arguments: values.indices)
    func plainScalars(_ index: Int) {
        let (text, value) = Self.values[index]
        #expect(CoreSchema.value(of: YAMLScalar(text: text, style: .plain)) == value, "\(text)")
    }

    @Test func quotedScalarsAreText() {
        for style in [YAMLScalar.Style.single, .double, .literal, .folded] {
            #expect(CoreSchema.value(of: YAMLScalar(text: "true", style: style)) == "true")
            #expect(CoreSchema.otherReading(of: YAMLScalar(text: "no", style: style)) == nil)
        }
    }

    @Test(arguments: [
        "yes", "No", "ON", "off", "0755", "-017", "0o17", "12:30:45", "1:30", "2026-03-01",
        "2026-3-1T10:00:00Z", "1_000", "0b101", "1e3", "1.5e3",
    ])
    func readOtherwise(_ text: String) {
        #expect(CoreSchema.otherReading(of: YAMLScalar(text: text, style: .plain)) != nil)
    }

    @Test(arguments: [
        "y", "n", "text", "10", "1.5", "-3", "0", "089", "12:99", "1.5e+3", "0xff", "true", "~", "",
        "10.0.0.1",
        "2026-03", "1_", "_1", "db.r5.xlarge", "a:b", "-", "cache_1",
    ])
    func readAlike(_ text: String) {
        let other = CoreSchema.otherReading(of: YAMLScalar(text: text, style: .plain))
        #expect(other == nil, "\(text) \(other ?? "")")
    }
}
