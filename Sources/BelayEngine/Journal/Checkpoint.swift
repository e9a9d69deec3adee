package import Cryptography

/// What a log's signer says of it: origin, number of leaves and Merkle root (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    /// The log's name, one line.
    package var origin: String
    package var size: Int64
    package var root: Digest

    package init(origin: String, size: Int64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The three lines that are signed.
    package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// Reads a note's text: three lines; further lines are extensions and are passed over. `nil` if it is no
    /// checkpoint.
    package init?(text: String) {
        guard text.utf8.last == UInt8(ascii: "\n") else { return nil }
        let lines = text.utf8.dropLast().split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard lines.count >= 3, !lines.contains(""),
            let size = Self.size(lines[1]),
            let root = Base64.decode(lines[2]).flatMap({ Digest($0) })
        else { return nil }
        self.init(origin: lines[0], size: size, root: root)
    }

    /// Decimal digits without leading zeros.
    private static func size(_ text: String) -> Int64? {
        let digits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits, text == "0" || text.utf8.first != UInt8(ascii: "0") else { return nil }
        return Int64(text)
    }
}

/// A checkpoint and the signed note that holds it.
package struct SignedCheckpoint: Sendable, Hashable {
    package var checkpoint: Checkpoint
    /// The whole note: text, blank line, signature lines.
    package var note: String

    package init(checkpoint: Checkpoint, note: String) {
        self.checkpoint = checkpoint
        self.note = note
    }
}
