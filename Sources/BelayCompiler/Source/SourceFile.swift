/// One file of a repository as text with its lines: what every place in a message points into.
///
/// Two files are the same only if they are the same object, so places are cheap to compare and to hash.
package final class SourceFile: Sendable {
    /// The path as it is displayed, relative to the repository where it lies in it, with `/`.
    package let path: String
    /// The bytes as they were read, a byte order mark included.
    package let bytes: [UInt8]
    /// The offset of the first byte of each line; a line ends after LF, CRLF or a lone CR.
    package let lineStarts: [Int]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        self.lineStarts = SourceFile.lineStarts(of: bytes)
    }

    package convenience init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    /// The whole file.
    package var span: SourceSpan { SourceSpan(file: self, start: 0, end: bytes.count) }

    /// The bytes of the byte order mark, 0 or 3.
    package var byteOrderMark: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// The text of a range; damaged UTF-8 is replaced.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                if byte == UInt8(ascii: "\r"), place < bytes.count,
                    bytes[place] == UInt8(ascii: "\n")
                {
                    place += 1
                    starts.append(place)
                } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                    starts.append(place)
                }
            }
        }
        return starts
    }
}

extension SourceFile: Hashable {
    package static func == (left: SourceFile, right: SourceFile) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
