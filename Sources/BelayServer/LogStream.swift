import Glibc

/// Where log lines go: standard error, and one event is one line.
///
/// Names and reasons in it come from outside: what would break a line, or move a terminal's cursor, is written as an
/// escape, so that nobody can forge a line.
struct LogStream: TextOutputStream, Sendable {
    mutating func write(_ string: String) {
        let bytes = Array((Self.line(string) + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// One event as one line, without its end.
    static func line(_ event: String) -> String {
        let text = event.hasSuffix("\n") ? event.dropLast() : Substring(event)
        guard text.unicodeScalars.contains(where: isControl) else { return String(text) }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case _ where isControl(scalar): "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    /// C0, DEL, C1, and what ends a line or turns the direction of text.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format:
            (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
}
