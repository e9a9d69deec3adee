import BelayEngine
import Testing

/// What an anchor's file holds is read note by note.
@Suite struct CheckpointNotesTests {
    private let first = "log\n1\nroot\n\n\u{2014} log one\n"
    private let second = "log\n2\nroot\n\n\u{2014} log two\n\u{2014} witness two\n"

    @Test func notesAreFoundInTheirOrder() {
        let found = CheckpointNotes(first + "\n" + second)
        #expect(found.notes == [first, second])
        #expect(found.rest == "")
        #expect(CheckpointNotes("").notes.isEmpty && CheckpointNotes("").rest.isEmpty)
    }

    @Test func whatIsCutOffIsTheRest() {
        let bytes = Array((first + "\n" + second).utf8)
        for end in (first.utf8.count + 1)..<(bytes.count - 1) {
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            let found = CheckpointNotes(text)
            // The first of two signature lines, if it ends there, is a signature all the same.
            guard found.notes.count == 1 else {
                #expect(text.hasSuffix("\u{2014} log two\n"), "\(end)")
                continue
            }
            #expect(found.notes == [first], "\(end)")
            let next = CheckpointNotes(text + CheckpointNotes.separator(after: text) + second)
            #expect(next.notes.last == second && next.rest.isEmpty, "\(end)")
        }
    }

    @Test func otherTextIsNoNote() {
        let found = CheckpointNotes("to do: buy milk\n")
        #expect(found.notes.isEmpty)
        #expect(found.rest == "to do: buy milk")
        #expect(CheckpointNotes(first + "\nmore\n").rest == "more")
    }
}
