/// Reads what all files begin with: version, kind and metadata.
struct HeadReader {
    let context: ReadingContext

    /// The metadata, or nil if there is no name; the version and kind are checked besides.
    func read(_ reader: MappingReader, _ kind: DocumentKind) -> Metadata? {
        version(reader.node("apiVersion"))
        checkKind(reader.node("kind"), kind)
        guard let node = reader.node("metadata"),
            let metadata = MappingReader(node, Tables.metadata, context)
        else { return nil }
        let (owner, description) = (metadata.text("owner"), metadata.text("description"))
        guard let name = metadata.text("name") else { return nil }
        return Metadata(name: name, owner: owner, description: description)
    }

    /// The kind that a document says it is; nil, and reported, if there is none such.
    func kind(of root: YAMLNode) -> DocumentKind? {
        guard root.entries != nil else {
            context.wrongKind(
                root, expected: "a map",
                help: [
                    "a file begins with `apiVersion: \(DocumentKind.version)` and `kind: Runbook`"
                ])
            return nil
        }
        guard let node = root["kind"] else {
            context.report(
                .missingKey, "the file does not say its `kind`",
                at: root.entries?.first?.key.span ?? root.span,
                help: ["it is one of \(Self.kinds)"])
            return nil
        }
        guard let text = context.text(node, "a kind of file") else { return nil }
        if let kind = DocumentKind(rawValue: text.value) { return kind }
        let nearest = Suggestion.nearest(to: text.value, in: DocumentKind.allCases.map(\.rawValue))
        context.report(
            .unknownKind, "there is no kind of file `\(text.value)`", at: text.span,
            help: nearest.map { ["did you mean `\($0)`?"] } ?? ["it is one of \(Self.kinds)"],
            fix: nearest.map { Fix("write `\($0)`", replace: text.span, with: $0) })
        return nil
    }

    private static var kinds: String {
        DocumentKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }

    private func version(_ node: YAMLNode?) {
        guard let node, let text = context.text(node, "a version"),
            text.value != DocumentKind.version
        else { return }
        context.report(
            .unsupportedVersion, "the version `\(text.value)` is not read here", at: text.span,
            help: ["this program reads `\(DocumentKind.version)`"],
            fix: text.value == "v1" || text.value == "belay/1"
                ? Fix(
                    "write `\(DocumentKind.version)`", replace: text.span,
                    with: DocumentKind.version) : nil)
    }

    private func checkKind(_ node: YAMLNode?, _ kind: DocumentKind) {
        guard let node, let text = context.text(node, "a kind of file"), text.value != kind.rawValue
        else { return }
        context.report(
            .unknownKind, "expected a file of kind `\(kind.rawValue)`, found `\(text.value)`",
            at: text.span)
    }
}
