/// Assigns types to the parameters of declarations while an expression is checked.
struct TypeInference {
    private var bindings: [String: CELType] = [:]
    private var fresh = 0

    /// A new type that is still free.
    mutating func free() -> CELType {
        fresh += 1
        return .parameter("%\(fresh)")
    }

    /// The types with each of their parameters replaced by one free type.
    mutating func instantiate(_ types: [CELType]) -> [CELType] {
        var names: [String: CELType] = [:]
        return types.map { instantiate($0, &names) }
    }

    private mutating func instantiate(_ type: CELType, _ names: inout [String: CELType]) -> CELType
    {
        switch type {
        case .parameter(let name):
            if let known = names[name] { return known }
            let new = free()
            names[name] = new
            return new
        case .list(let element): return .list(instantiate(element, &names))
        case .map(let key, let value):
            return .map(instantiate(key, &names), instantiate(value, &names))
        case .optional(let value): return .optional(instantiate(value, &names))
        case .type(let inner?): return .type(instantiate(inner, &names))
        case .opaque(let name, let arguments) where !arguments.isEmpty:
            var copies: [CELType] = []
            for argument in arguments { copies.append(instantiate(argument, &names)) }
            return .opaque(name, copies)
        default: return type
        }
    }

    /// The type with everything known put in.
    func resolved(_ type: CELType) -> CELType {
        switch type {
        case .parameter(let name): bindings[name].map(resolved) ?? type
        case .list(let element): .list(resolved(element))
        case .map(let key, let value): .map(resolved(key), resolved(value))
        case .optional(let value): .optional(resolved(value))
        case .type(let inner): .type(inner.map(resolved))
        case .opaque(let name, let arguments): .opaque(name, arguments.map(resolved))
        default: type
        }
    }

    /// The type with what stayed free as dyn.
    func final(_ type: CELType) -> CELType {
        switch resolved(type) {
        case .parameter: .dyn
        case .list(let element): .list(final(element))
        case .map(let key, let value): .map(final(key), final(value))
        case .optional(let value): .optional(final(value))
        case .type(let inner): .type(inner.map(final))
        case .opaque(let name, let arguments): .opaque(name, arguments.map(final))
        case let other: other
        }
    }

    /// Whether a value of the type `from` may stand where `to` is due; binds free types.
    mutating func assign(_ from: CELType, to: CELType) -> Bool {
        if case .parameter(let name) = to { return bind(name, from) }
        if case .parameter(let name) = from { return bind(name, to) }
        switch (from, to) {
        case (.dyn, _), (_, .dyn): return true
        case (.null, _) where to.isNullable: return true
        case (_, .null) where from.isNullable: return true
        case (.list(let a), .list(let b)): return assign(a, to: b)
        case (.map(let a, let b), .map(let c, let d)): return assign(a, to: c) && assign(b, to: d)
        case (.optional(let a), .optional(let b)): return assign(a, to: b)
        case (.type, .type): return true
        case (.opaque(let a, let some), .opaque(let b, let others)):
            guard a == b, some.count == others.count else { return false }
            for (left, right) in zip(some, others) where !assign(left, to: right) { return false }
            return true
        default: return from == to
        }
    }

    private mutating func bind(_ name: String, _ type: CELType) -> Bool {
        let type = resolved(type)
        if type == .parameter(name) { return true }
        guard let known = bindings[name] else {
            guard !occurs(name, in: type) else { return false }
            bindings[name] = type
            return true
        }
        let before = resolved(known)
        guard assign(type, to: before) else { return false }
        if !occurs(name, in: type) { bindings[name] = moreGeneral(before, type) }
        return true
    }

    private func occurs(_ name: String, in type: CELType) -> Bool {
        switch type {
        case .parameter(let other):
            other == name || (bindings[other].map { occurs(name, in: $0) } ?? false)
        case .list(let element): occurs(name, in: element)
        case .map(let key, let value): occurs(name, in: key) || occurs(name, in: value)
        case .optional(let value): occurs(name, in: value)
        case .type(let inner): inner.map { occurs(name, in: $0) } ?? false
        case .opaque(_, let arguments): arguments.contains { occurs(name, in: $0) }
        default: false
        }
    }

    /// The type of a place that takes both: one of them if the other fits, else dyn.
    mutating func joined(_ left: CELType, _ right: CELType) -> CELType {
        let left = resolved(left)
        let right = resolved(right)
        if left == right { return left }
        var trial = self
        guard trial.assign(right, to: left) else { return .dyn }
        self = trial
        return moreGeneral(resolved(left), resolved(right))
    }

    private func moreGeneral(_ left: CELType, _ right: CELType) -> CELType {
        isAtMostAsSpecific(left, right) ? left : right
    }

    private func isAtMostAsSpecific(_ left: CELType, _ right: CELType) -> Bool {
        switch (resolved(left), resolved(right)) {
        case (.dyn, _): return true
        case (_, .dyn): return false
        case (_, .parameter): return true
        case (.parameter, _): return false
        case (.null, let other): return other == .null
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)):
            return isAtMostAsSpecific(a, b)
        case (.map(let a, let b), .map(let c, let d)):
            return isAtMostAsSpecific(a, c) && isAtMostAsSpecific(b, d)
        case (.opaque(_, let some), .opaque(_, let others)):
            return some.count == others.count
                && zip(some, others).allSatisfy { isAtMostAsSpecific($0, $1) }
        default: return true
        }
    }
}
