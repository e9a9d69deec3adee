import BelayEngine
import Glibc

/// Where log lines go: standard error, and one event is one line.
///
/// Names and reasons in it come from outside, and nobody can forge a line with them.
struct LogStream: TextOutputStream, Sendable {
    mutating func write(_ string: String) {
        let bytes = Array((Self.line(string) + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// One event as one line, without its end.
    static func line(_ event: String) -> String {
        PlainText.line(event.hasSuffix("\n") ? String(event.dropLast()) : event)
    }
}
