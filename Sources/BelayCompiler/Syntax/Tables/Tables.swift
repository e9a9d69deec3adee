/// The keys of every map of the language, by kind of file in the extensions beside this.
enum Tables {
    /// Counts that a person writes.
    static let count: ClosedRange<Int> = 1...1_000_000

    static let metadata: KeyTable = .init(
        "metadata", "`metadata`",
        [
            Key("name", .named(.name), required: true, "what the file is called, unique per kind"),
            Key("owner", .text, "who is asked when it misbehaves"),
            Key("description", .text, "what it is for"),
        ])

    /// The keys that every file begins with.
    static func head(_ kind: DocumentKind) -> [Key] {
        [
            Key(
                "apiVersion", .word([DocumentKind.version]), required: true,
                "the language's version"),
            Key("kind", .word([kind.rawValue]), required: true, "what the file holds"),
            Key("metadata", .object { metadata }, required: true, "who the file is"),
        ]
    }

    static let steps: Shape = .list(.object { step })
    static let chain: Shape = .list(.object { step }, least: 1)

    static let param: KeyTable = .init(
        "param", "a parameter",
        [
            Key("type", .words(ValueType.self), required: true, "its type"),
            Key("default", .value, "used where nothing is given; without it a value must be"),
            Key("description", .text, "what it is for"),
            Key("enum", .list(.value, least: 1), "the only values that it may have"),
            Key("pattern", .text, "an RE2 pattern that text must match as a whole"),
        ], hints: ["required": "a parameter without `default` must be given"])
}
