package import JSON

/// A value that a record commits to without containing it: inputs, outputs, messages, all free text.
package struct PayloadDraft: Sendable, Hashable {
    /// A code such as `input`, `output`, `message`; unique within its record.
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }

    package static func input(_ value: JSONValue) -> PayloadDraft { PayloadDraft("input", value) }

    package static func output(_ value: JSONValue) -> PayloadDraft { PayloadDraft("output", value) }

    package static func message(_ text: String) -> PayloadDraft {
        PayloadDraft("message", .string(text))
    }
}
