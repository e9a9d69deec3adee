import Cryptography

/// What a program or server said, kept to a bound: its first and last bytes, how many there were, and the
/// SHA-256 of all that were read.
///
/// A cut output never passes for a whole one: `whole` is nil then.
package struct BoundedOutput: Sendable {
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var hasher = SHA256()
    private let half: Int
    /// Bytes read.
    package private(set) var count = 0
    /// Reading was given up before the end, so `digest` is of the part that was read.
    package var isUnfinished = false

    /// - Parameter limit: the most bytes that are kept; half of them of the beginning.
    package init(limit: Int) { half = max(1, limit / 2) }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        hasher.update(bytes)
        let first = min(bytes.count, half - head.count)
        if first > 0 { head.append(contentsOf: bytes.prefix(first)) }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(max(first, 0)))
        if rest.isEmpty { return }
        tail.append(contentsOf: rest.suffix(half))
        if tail.count > 2 * half { tail.removeFirst(tail.count - half) }
    }

    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// The last bytes that are kept.
    private var end: ArraySlice<UInt8> { tail.suffix(half) }

    package var isCut: Bool { isUnfinished || count > 2 * half }

    /// Every byte, or nil if some were left out.
    package var whole: [UInt8]? { isCut ? nil : head + end }

    /// The first and the last bytes as text, secrets taken out, at most `limit` characters of each; all of it if it
    /// is short enough. Secrets are looked for before the cut: half of one would not be recognised.
    package func excerpt(_ limit: Int, redact: (String) -> String) -> (head: String, tail: String?)
    {
        if let whole {
            let text = redact(String(decoding: whole, as: UTF8.self)).unicodeScalars
            if text.count <= 2 * limit { return (String(text), nil) }
            return (String(text.prefix(limit)), String(text.suffix(limit)))
        }
        return (
            String(redact(String(decoding: head, as: UTF8.self)).unicodeScalars.prefix(limit)),
            String(redact(String(decoding: end, as: UTF8.self)).unicodeScalars.suffix(limit))
        )
    }

    /// SHA-256 of every byte that was read, in lower-case hex.
    package var digest: String { hasher.finalize().hex }

    /// As text for a reader: cut in the middle with a line that says how much is missing; bytes that are not
    /// UTF-8 become U+FFFD.
    package var text: String {
        guard isCut else { return String(decoding: head + end, as: UTF8.self) }
        let missing = max(0, count - head.count - end.count)
        let note =
            isUnfinished ? "\(missing) bytes left out, more not read" : "\(missing) bytes left out"
        return String(decoding: head, as: UTF8.self)
            + "\n[… \(note), sha256 \(digest) …]\n" + String(decoding: end, as: UTF8.self)
    }
}
