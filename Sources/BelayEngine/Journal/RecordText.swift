/// What may stand in a record: codes and names, never text that somebody wrote.
package enum RecordText {
    /// The longest code, in bytes.
    package static let codeLimit = 256
    /// The longest name of an actor, host or runbook, in bytes.
    package static let nameLimit = 128

    /// Letters, digits and `._-/#:[]@+`, at least one.
    package static func isCode(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= codeLimit && text.utf8.allSatisfy(isCodeUnit)
    }

    /// Printable ASCII without spaces and quotes, at least one.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= nameLimit
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    }

    /// Makes a name of any text: what may not stand in one becomes `_`, and what is too long is cut.
    package static func name(from text: String) -> String {
        let units = text.utf8.prefix(nameLimit).map { unit in
            unit > 0x20 && unit < 0x7f && unit != 0x22 && unit != 0x5c ? unit : UInt8(ascii: "_")
        }
        return units.isEmpty ? "_" : String(decoding: units, as: UTF8.self)
    }

    /// Makes a code of any text in the same way.
    package static func code(from text: String) -> String {
        let units = text.utf8.prefix(codeLimit).map { isCodeUnit($0) ? $0 : UInt8(ascii: "_") }
        return units.isEmpty ? "_" : String(decoding: units, as: UTF8.self)
    }

    private static func isCodeUnit(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: marks.contains(unit)
        }
    }

    private static let marks = Set("._-/#:[]@+".utf8)
}

extension RecordDraft {
    /// The first member that may not stand in a record, `nil` if all may.
    package var misplacedText: String? {
        let codes: [(String, String?)] = [
            ("incident", incident), ("run", run), ("step", step), ("rule", rule),
            ("provider", provider), ("idem", idem), ("outcome", outcome),
            ("error.class", error?.class), ("error.code", error?.code), ("reason", reason),
            ("caused_by", causedBy),
        ]
        let names = [("actor", actor.id), ("runbook.name", runbook?.name)]
        return codes.first { $0.1.map { !RecordText.isCode($0) } ?? false }?.0
            ?? names.first { $0.1.map { !RecordText.isName($0) } ?? false }?.0
            ?? payloads.first { !RecordText.isCode($0.name) }.map { "payload name \($0.name)" }
    }
}
