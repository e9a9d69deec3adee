/// Reads `anchors`: where checkpoints of the journal are kept.
struct AnchorReader {
    let context: ReadingContext

    func anchors(of environment: MappingReader) -> [AnchorSyntax] {
        var read: [AnchorSyntax] = []
        for anchor in environment.list("anchors", of: "anchors", anchor) ?? [] {
            if let first = read.first(where: { $0.place.value == anchor.place.value }) {
                context.report(
                    .duplicateName, "`\(anchor.place.value.place)` is an anchor already",
                    at: anchor.place.span,
                    notes: [Diagnostic.Label(first.place.span, "first here")],
                    help: ["remove one of the two"])
            }
            read.append(anchor)
        }
        return read
    }

    private func anchor(_ node: YAMLNode) -> AnchorSyntax? {
        guard let reader = MappingReader(node, Tables.anchor, context) else { return nil }
        let kinds = AnchorPlace.Kind.allCases
        let texts = kinds.map { reader.text($0.rawValue) }
        let given = kinds.map(\.rawValue).filter(reader.has)
        if given.count > 1 { context.exclude(given[0], given[1], reader) }
        let every = reader.duration("every")
        if let every, every.value < Standards.anchorsAtMostEvery {
            context.report(
                .invalidValue, "`\(every.span.text)` is out of bounds", at: every.span,
                label: "must be at least 1m")
        }
        let token = context.hidingSource { reader.template("token").flatMap(secret) }
        if token != nil {
            for kind in kinds where kind != .http {
                context.exclude(kind.rawValue, "token", reader)
            }
        }
        guard let place = texts.firstIndex(where: { $0 != nil }), let text = texts[place] else {
            return nil
        }
        let found = AnchorPlace(kind: kinds[place], place: text.value)
        if let flaw = found.flaw {
            context.report(
                .invalidValue, "`\(text.value)` is no \(found.kind.noun)", at: text.span,
                label: flaw.what, help: [flaw.cure])
        }
        return AnchorSyntax(place: Located(found, at: text.span), every: every, token: token)
    }

    /// The name of the one secret that it is. Whatever else stands there may be the token itself, so it is not shown.
    private func secret(_ token: TemplateText) -> Located<String>? {
        if token.pieces.count == 1, let name = token.secrets.first { return name }
        var help = [
            "declare it under `secrets` of the environment and write `token: \"${{ secrets.NAME }}\"`"
        ]
        if token.constant?.isEmpty == false {
            help.append("a token that was committed once is known: change it")
        }
        context.report(
            .invalidValue, "`token` of an anchor takes one secret and nothing else",
            at: token.span, help: help)
        return nil
    }
}

extension AnchorPlace.Kind {
    fileprivate var noun: String {
        switch self {
        case .file: "file that can be an anchor"
        case .http: "address that can be an anchor"
        case .git: "folder that can be an anchor"
        }
    }
}
