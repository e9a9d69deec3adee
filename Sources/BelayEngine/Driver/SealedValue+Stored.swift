import BelayCompiler
import JSON

extension CallIntent {
    /// The intent exactly as a run that is folded from its journal will see it.
    var asStored: CallIntent {
        var intent = self
        intent.inputs = inputs.asStored
        intent.settings = settings.asStored
        return intent
    }
}

extension SealedObject {
    var asStored: SealedObject {
        SealedObject(members.map { Member(name: $0.name, value: $0.value.asStored) })
    }
}

extension SealedValue {
    /// With plain parts as the journal gives them back.
    var asStored: SealedValue {
        switch self {
        case .plain(let value): .plain(value.asStored)
        case .secret: self
        case .text(let pieces): .text(pieces.map(\.asStored))
        case .list(let items): .list(items.map(\.asStored))
        case .object(let object): .object(object.asStored)
        }
    }

    /// A form that keeps where secrets stand, by name: never their values.
    var tagged: JSONValue {
        switch self {
        case .plain(let value): ["plain": value]
        case .secret(let name): ["secret": .string(name)]
        case .text(let pieces): ["text": .array(pieces.map(\.tagged))]
        case .list(let items): ["list": .array(items.map(\.tagged))]
        case .object(let object): ["object": object.tagged]
        }
    }

    init?(tagged value: JSONValue) {
        guard let (tag, content) = value.objectValue?.members.first else { return nil }
        switch (tag, content) {
        case ("plain", let value): self = .plain(value)
        case ("secret", .string(let name)): self = .secret(name)
        case ("text", .array(let pieces)):
            self = .text(pieces.compactMap(SealedValue.init(tagged:)))
        case ("list", .array(let items)): self = .list(items.compactMap(SealedValue.init(tagged:)))
        case ("object", let object):
            guard let object = SealedObject(tagged: object) else { return nil }
            self = .object(object)
        default: return nil
        }
    }
}

extension SealedObject {
    /// A list of name and value, so that the order of inputs is kept.
    var tagged: JSONValue {
        .array(members.map { [.string($0.name), $0.value.tagged] })
    }

    init?(tagged value: JSONValue) {
        guard let pairs = value.arrayValue else { return nil }
        var members: [Member] = []
        for pair in pairs {
            guard let items = pair.arrayValue, items.count == 2, let name = items[0].stringValue,
                let value = SealedValue(tagged: items[1])
            else { return nil }
            members.append(Member(name: name, value: value))
        }
        self.init(members)
    }
}
