/// Checkpoints that were kept outside the journal, one after the other: what an anchor's file holds.
///
/// Notes have a blank line within and between them. Whatever was cut off while it was written, or is not ours, stands
/// in `rest` or is passed over: only whole notes count.
package struct CheckpointNotes: Sendable, Hashable {
    /// Whole notes in their order; whose they are is not looked at.
    package private(set) var notes: [String] = []
    /// What follows the last note; empty if nothing does.
    package private(set) var rest = ""

    package init(_ text: String) {
        // In bytes: a line break and what follows it may be one character.
        let bytes = Array(text.utf8)
        var pending: [ArraySlice<UInt8>] = []
        for (block, isEnded) in Self.blocks(bytes) where !block.isEmpty {
            guard block.starts(with: Self.signature), isEnded, let written = pending.last else {
                pending.append(block)
                continue
            }
            notes.append(
                String(decoding: written, as: UTF8.self) + "\n\n"
                    + String(decoding: block, as: UTF8.self) + "\n")
            pending = []
        }
        rest = String(decoding: Array(pending.joined(separator: [10, 10])), as: UTF8.self)
    }

    /// How a note follows what is kept: after a blank line, or at the beginning.
    package static func separator(after kept: String) -> String {
        let bytes = kept.utf8
        if bytes.isEmpty || bytes.suffix(2).elementsEqual([10, 10]) { return "" }
        return bytes.last == 10 ? "\n" : "\n\n"
    }

    /// How a signature line begins: a dash and a space.
    private static let signature = Array("\u{2014} ".utf8)

    /// What stands between blank lines, without the end of the last line, and whether that end is there.
    private static func blocks(
        _ bytes: [UInt8]
    ) -> [(block: ArraySlice<UInt8>, isEnded: Bool)] {
        var blocks: [(ArraySlice<UInt8>, Bool)] = []
        var start = 0
        for place in bytes.indices.dropLast() where place >= start {
            guard bytes[place] == 10, bytes[place + 1] == 10 else { continue }
            blocks.append((bytes[start..<place], true))
            start = place + 2
        }
        let last = bytes[start...]
        blocks.append(last.last == 10 ? (last.dropLast(), true) : (last, false))
        return blocks
    }
}
