/// Typed access to the keys of a map; each asks that the table gives the key that shape.
extension MappingReader {
    func text(_ name: String) -> Located<String>? {
        value(name).flatMap { node, shape in
            switch shape {
            case .text: context.text(node)
            case .named(let form): context.name(node, form)
            case .word(let words): context.word(node, of: words)
            default: wrongShape(name, "text")
            }
        }
    }

    func duration(_ name: String) -> Located<Duration>? {
        value(name).flatMap { node, shape in
            guard case .duration = shape else { wrongShape(name, "a duration") }
            return context.duration(node)
        }
    }

    func percentage(_ name: String) -> Located<Percentage>? {
        value(name).flatMap { node, shape in
            guard case .percentage = shape else { wrongShape(name, "a percentage") }
            return context.percentage(node)
        }
    }

    func integer(_ name: String) -> Located<Int>? {
        value(name).flatMap { node, shape in
            guard case .integer(let range) = shape else { wrongShape(name, "an integer") }
            return context.integer(node, range)
        }
    }

    func boolean(_ name: String) -> Located<Bool>? {
        value(name).flatMap { node, shape in
            guard case .boolean = shape else { wrongShape(name, "a boolean") }
            return context.boolean(node)
        }
    }

    func timestamp(_ name: String) -> Located<Timestamp>? {
        value(name).flatMap { node, shape in
            guard case .timestamp = shape else { wrongShape(name, "a time") }
            return context.timestamp(node)
        }
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type
    ) -> Located<Word>? where Word.RawValue == String {
        value(name).flatMap { node, shape in
            guard case .word = shape else { wrongShape(name, "a word") }
            return context.word(node, type)
        }
    }

    func expression(_ name: String) -> ExpressionText? {
        value(name).flatMap { node, shape in
            guard shape.isExpression else { wrongShape(name, "an expression") }
            return context.expression(node, key: name)
        }
    }

    func template(_ name: String) -> TemplateText? {
        value(name).flatMap { node, shape in
            guard case .template = shape else { wrongShape(name, "a template") }
            return context.template(node)
        }
    }

    func node(_ name: String) -> YAMLNode? { value(name)?.node }

    /// A list, each item read by itself; items that cannot be read are left out.
    func list<Item>(_ name: String, of what: String, _ read: (YAMLNode) -> Item?) -> [Item]? {
        value(name).flatMap { node, shape in
            guard case .list(let item, let least) = shape else { wrongShape(name, "a list") }
            return context.items(node, of: what, least: least, isOfScalars: item.isScalar)?
                .compactMap(read)
        }
    }

    /// A list of fixed texts.
    func texts(_ name: String, of what: String) -> [Located<String>]? {
        list(name, of: what) { context.text($0) }
    }

    /// A map with keys of the user's choice.
    func map<Item>(_ name: String, of what: String, _ read: (YAMLEntry) -> Item?) -> [Item]? {
        value(name).flatMap { node, shape in
            guard case .map = shape else { wrongShape(name, "a map") }
            return context.entries(node, of: what)?.compactMap(read)
        }
    }

    /// A map of values with `${{ }}`.
    func members(_ name: String, of what: String, allowsNUL: Bool = false) -> [TemplateMember] {
        value(name).flatMap { node, _ in
            context.entries(node, of: what).map { context.members($0, allowsNUL: allowsNUL) }
        } ?? []
    }

    private func wrongShape(_ name: String, _ what: String) -> Never {
        preconditionFailure(
            "the table of \(table.title) does not give `\(name)` the shape of \(what)")
    }
}
