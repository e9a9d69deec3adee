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

    private static func isCodeUnit(_ unit: UInt8) -> Bool { codeUnits[Int(unit)] }

    private static let codeUnits: [Bool] = (0...255).map { unit in
        let letters =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/#:[]@+"
        return letters.utf8.contains(UInt8(unit))
    }
}

extension RecordDraft {
    /// The first member that may not stand in a record, `nil` if all may.
    package var misplacedText: String? {
        misplacedID ?? misplacedCode ?? misplacedName("actor", actor.id)
            ?? misplacedName("runbook.name", runbook?.name) ?? misplacedPayload
    }

    private var misplacedID: String? {
        misplaced("incident", incident) ?? misplaced("run", run) ?? misplaced("idem", idem)
            ?? misplaced("caused_by", causedBy)
    }

    private var misplacedCode: String? {
        misplaced("step", step) ?? misplaced("rule", rule) ?? misplaced("provider", provider)
            ?? misplaced("outcome", outcome) ?? misplaced("reason", reason)
            ?? misplaced("error.class", error?.class) ?? misplaced("error.code", error?.code)
    }

    private var misplacedPayload: String? {
        payloads.first { !RecordText.isCode($0.name) }.map { "payload name \($0.name)" }
    }

    private func misplaced(_ member: String, _ code: String?) -> String? {
        code.map(RecordText.isCode) ?? true ? nil : member
    }

    private func misplacedName(_ member: String, _ name: String?) -> String? {
        name.map(RecordText.isName) ?? true ? nil : member
    }
}
