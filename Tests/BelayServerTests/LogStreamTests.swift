import Testing

@testable import BelayServer

/// Lines of the log: one for each event, whatever stands in a name.
@Suite struct LogStreamTests {
    @Test(arguments: [
        ("held back target=web-7\n", "held back target=web-7"),
        ("a=grün ✓", "a=grün ✓"),
        (
            "target=web-7\n2026-03-01 error belay: forged\n",
            #"target=web-7\n2026-03-01 error belay: forged"#
        ),
        ("a\u{1b}[2Jb\r\tc\u{7f}", #"a\u{1b}[2Jb\r\tc\u{7f}"#),
        ("a\u{2028}b\u{202e}c", #"a\u{2028}b\u{202e}c"#),
        ("", ""),
    ])
    func anEventIsOneLine(_ event: String, _ line: String) {
        #expect(LogStream.line(event) == line)
    }
}
