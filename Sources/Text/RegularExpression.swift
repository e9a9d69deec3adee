import CRE2

/// A compiled RE2 pattern: linear in the length of the text whatever the pattern is.
///
/// Patterns that a user writes never meet a backtracking engine. A value is immutable and may be
/// shared between threads.
package final class RegularExpression: Sendable {
    /// The most memory, in bytes, that one pattern's automata may take.
    package static let memoryBound = 8 << 20

    /// The pattern as it was written.
    package let pattern: String
    private let handle: Handle

    /// Compiles a pattern; the error carries RE2's own message.
    package init(_ pattern: String) throws(RegularExpressionError) {
        self.pattern = pattern
        var text = pattern
        handle = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var terminator: CChar = 0
                return Handle(
                    cre2_new(
                        characters.baseAddress ?? withUnsafePointer(to: &terminator) { $0 },
                        characters.count, Int64(Self.memoryBound)))
            }
        }
        if let message = cre2_error(handle.pointer) {
            throw RegularExpressionError(pattern: pattern, message: String(cString: message))
        }
    }

    deinit { cre2_free(handle.pointer) }

    /// The number of capturing groups, without the whole match.
    package var groupCount: Int { Int(cre2_groups(handle.pointer)) }

    /// Whether the pattern is found anywhere in the UTF-8 bytes.
    @inline(__always)
    package func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else {
            var empty: CChar = 0
            return cre2_found(handle.pointer, &empty, 0)
        }
        return cre2_found(handle.pointer, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// Whether the pattern is found anywhere in the text.
    package func isFound(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { isFound(in: UnsafeRawBufferPointer($0)) }
    }

    /// The first match at or after a byte offset, as byte ranges: the whole match, then each group
    /// (nil for a group that took no part); nil if there is no match.
    package func find(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> [Range<Int>?]? {
        let pairs = groupCount + 1
        precondition(start >= 0 && start <= bytes.count, "start lies outside the text")
        var offsets = [Int32](repeating: -1, count: 2 * pairs)
        var empty: CChar = 0
        let found =
            if let base = bytes.baseAddress {
                cre2_find(
                    handle.pointer, base.assumingMemoryBound(to: CChar.self), bytes.count, start,
                    &offsets, Int32(pairs))
            } else {
                cre2_find(handle.pointer, &empty, 0, 0, &offsets, Int32(pairs))
            }
        guard found else { return nil }
        return (0..<pairs).map { i in
            offsets[2 * i] < 0 ? nil : Int(offsets[2 * i])..<Int(offsets[2 * i + 1])
        }
    }

    /// The first match in the text, as texts: the whole match, then each group; nil if none.
    package func find(in text: String) -> [String?]? {
        let bytes = Array(text.utf8)
        let ranges = bytes.withUnsafeBytes { find(in: $0) }
        return ranges?.map { range in range.map { String(decoding: bytes[$0], as: UTF8.self) } }
    }

    /// RE2's object: the C side is immutable and safe to share, which the compiler cannot see.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer?) {
            guard let pointer else { preconditionFailure("cre2_new never gives null") }
            self.pointer = pointer
        }
    }
}

/// Why a pattern was refused: RE2's own message.
package struct RegularExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    package let pattern: String
    package let message: String

    package var description: String { "invalid pattern '\(pattern)': \(message)" }
}
