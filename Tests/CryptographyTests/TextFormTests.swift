import Cryptography
import Testing

@Suite struct TextFormTests {
    @Test func hexadecimal() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.encode([0x00, 0x0f, 0xa0]) == "000fa0")
        #expect(Hex.decode(Hex.encode(all)) == all)
        #expect(Hex.decode("00FFfa") == [0, 255, 250])
        #expect(Hex.decode("") == [])
        for bad in ["0", "0g", "é", " 00", "00\n"] { #expect(Hex.decode(bad) == nil) }
    }

    /// RFC 4648 section 10.
    @Test func base64OfTheRFC() {
        let cases = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
        for (plain, text) in cases {
            let bytes = Array(plain.utf8)
            let bare = text.split(separator: "=").first.map(String.init) ?? ""
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
            #expect(Base64.encode(bytes, .url) == bare)
            #expect(Base64.decode(bare, .url) == bytes)
            #expect(Base64.decode(text, .url) == bytes)
        }
    }

    @Test func base64RefusesWhatIsNotExact() {
        let bad = [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9", "Z===", "====", "Zm9v\n", "Zm9_", "Zg==Zg==",
        ]
        for text in bad { #expect(Base64.decode(text) == nil, "\(text)") }
        for text in ["Zm9+", "Zh", "Z", "Zg="] {
            #expect(Base64.decode(text, .url) == nil, "\(text)")
        }
    }

    @Test func theAlphabetsDifferInTwoDigits() {
        let bytes: [UInt8] = [0xfb, 0xff, 0xfe]
        #expect(Base64.encode(bytes) == "+//+")
        #expect(Base64.encode(bytes, .url) == "-__-")
        #expect(Base64.decode("-__-", .url) == bytes)
    }

    @Test func everyLengthComesBack() {
        for count in 0..<70 {
            let bytes = SecureRandom.bytes(count)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, .url), .url) == bytes)
        }
    }
}
