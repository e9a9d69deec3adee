package import JSON

/// A value that a record commits to without containing it: inputs, outputs, messages, all free text.
package struct PayloadDraft: Sendable, Hashable {
    /// A code such as `input`, `output`, `message`; unique within its record.
    package var name: String
    /// What is committed to: made here, so that the one writer need not.
    package let bytes: [UInt8]

    /// The bytes are RFC 8785 canonical; but that form knows doubles only, so a value with an integer beyond 2^53
    /// keeps its exact compact text. Either way the commitment is over the bytes as stored.
    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        bytes = value.storedBytes
    }

    package static func input(_ value: JSONValue) -> PayloadDraft { PayloadDraft("input", value) }

    package static func output(_ value: JSONValue) -> PayloadDraft { PayloadDraft("output", value) }

    package static func message(_ text: String) -> PayloadDraft {
        PayloadDraft("message", .string(text))
    }
}
