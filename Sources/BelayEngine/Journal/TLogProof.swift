package import Cryptography

/// A proof that a record is in a signed log, complete in one text (c2sp.org/tlog-proof@v1) and checked offline.
package struct TLogProof: Sendable, Hashable {
    private static let header = "c2sp.org/tlog-proof@v1"

    /// The record's place in the log.
    package var index: Int64
    /// The audit path, from the leaf upwards.
    package var path: [Digest]
    /// The signed checkpoint.
    package var note: String

    package init(index: Int64, path: [Digest], note: String) {
        self.index = index
        self.path = path
        self.note = note
    }

    /// The text, to be kept in a file `*.tlog-proof`.
    package var text: String {
        let hashes = path.map { $0.base64 + "\n" }.joined()
        return "\(Self.header)\nindex \(index)\n\(hashes)\n\(note)"
    }

    /// Reads the text; an `extra` line is passed over. `nil` if it is no such proof.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard
            let blank = (0..<max(0, bytes.count - 1)).first(where: {
                bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a
            })
        else { return nil }
        var lines = bytes[..<blank].split(separator: 0x0a, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }[...]
        guard lines.popFirst() == Self.header else { return nil }
        if let extra = Self.value(of: "extra", in: lines.first) {
            guard Base64.decode(extra) != nil else { return nil }
            lines.removeFirst()
        }
        guard let number = Self.value(of: "index", in: lines.popFirst()),
            let index = Int64(number), index >= 0, String(index) == number
        else { return nil }
        var path: [Digest] = []
        for line in lines {
            guard let hash = Base64.decode(line).flatMap({ Digest($0) }) else { return nil }
            path.append(hash)
        }
        self.init(
            index: index, path: path, note: String(decoding: bytes[(blank + 2)...], as: UTF8.self))
    }

    /// Whether the proof holds for the record under a checkpoint that one of the keys has signed.
    package func check(record: [UInt8], keys: [NoteVerifier]) -> Result<Checkpoint, Fault> {
        guard let note = try? SignedNote(note), let checkpoint = Checkpoint(text: note.text) else {
            return .failure(.malformedCheckpoint)
        }
        do throws(SignedNote.Fault) { try note.verify(keys) } catch {
            return .failure(.signature(error))
        }
        let holds = MerkleProof.isInclusion(
            path, leaf: MerkleHash.leaf(record), index: index, size: checkpoint.size,
            root: checkpoint.root)
        return holds ? .success(checkpoint) : .failure(.notIncluded)
    }

    /// Why a proof proves nothing.
    package enum Fault: Error, Sendable, Hashable {
        case malformedCheckpoint
        case signature(SignedNote.Fault)
        /// The record, index and path do not lead to the signed root.
        case notIncluded
    }

    private static func value(of name: String, in line: String?) -> String? {
        guard let line, line.hasPrefix(name + " ") else { return nil }
        return String(line.dropFirst(name.utf8.count + 1))
    }
}
