/// Who caused a record: the engine itself, a client of the API, a person or a source of incidents.
package struct RecordActor: Sendable, Hashable {
    /// The kind of actor.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case system
        case api
        case person
        case source
    }

    package var kind: Kind
    /// A name without spaces or control characters, at most `RecordText.nameLimit` bytes; `nil` for the engine.
    package var id: String?

    package init(_ kind: Kind, id: String? = nil) {
        self.kind = kind
        self.id = id
    }

    package static let system = RecordActor(.system)

    package static func person(_ id: String) -> RecordActor { RecordActor(.person, id: id) }

    package static func source(_ id: String) -> RecordActor { RecordActor(.source, id: id) }
}

extension RecordActor: CustomStringConvertible {
    /// As a record holds it: `system`, `person:ann`.
    package var description: String { id.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue }

    /// Reads the form of `description`; `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind, id: parts.count > 1 ? String(parts[1]) : nil)
    }
}
