/// The names that macros bind around a place in an expression, over those of the environment.
struct NameScope {
    let environment: CELEnvironment
    private(set) var locals: [String] = []

    /// What a name means.
    enum Meaning: Equatable {
        case local(Int)
        case variable(Int)
        case type(String)
    }

    init(_ environment: CELEnvironment) { self.environment = environment }

    mutating func push(_ names: [String]) { locals += names }

    mutating func pop(_ count: Int) { locals.removeLast(count) }

    /// What an identifier or a whole dotted selection means, nil if nothing of that name is known.
    func meaning(of expression: CELExpression) -> Meaning? {
        switch expression.kind {
        case .identifier(let name, let absolute):
            if !absolute, let local = local(name) { return .local(local) }
            return global(absolute ? "." + name : name)
        case .select(let selection) where selection.form == .value && !selection.isQuoted:
            guard mayBeDotted(selection.operand), let name = expression.dottedName else {
                return nil
            }
            return global(name)
        default: return nil
        }
    }

    /// The functions that a call means: a global one, or one whose namespace the target spells.
    func functions(for call: CELCall) -> (functions: [CELFunction], isNamespaced: Bool)? {
        guard let target = call.target else {
            return named(call.function).map { ($0, false) }
        }
        guard let root = target.rootName, root.absolute || local(root.name) == nil,
            let prefix = target.dottedName
        else { return nil }
        return named(prefix + "." + call.function).map { ($0, true) }
    }

    /// What the name at the root of a chain of selections means.
    func meaning(ofRoot expression: CELExpression?) -> Meaning? {
        guard let root = expression?.rootName else { return nil }
        if !root.absolute, let local = local(root.name) { return .local(local) }
        return global(root.absolute ? "." + root.name : root.name)
    }

    private func named(_ name: String) -> [CELFunction]? {
        for candidate in environment.candidates(for: name) {
            let functions = environment.functions(named: candidate)
            if !functions.isEmpty { return functions }
        }
        return nil
    }

    private func local(_ name: String) -> Int? { locals.lastIndex { sameText($0, name) } }

    private func mayBeDotted(_ operand: CELExpression) -> Bool {
        guard let root = operand.rootName else { return false }
        if !root.absolute, local(root.name) != nil { return false }
        return !environment.container.isEmpty || environment.dottedRoots.contains(root.name)
    }

    private func global(_ name: String) -> Meaning? {
        if environment.container.isEmpty, !name.hasPrefix(".") { return exact(name) }
        for candidate in environment.candidates(for: name) {
            if let meaning = exact(candidate) { return meaning }
        }
        return nil
    }

    private func exact(_ name: String) -> Meaning? {
        if let slot = environment.slots[name] { return .variable(slot) }
        return CELTypeNames.all[name] == nil ? nil : .type(name)
    }
}

extension CELExpression {
    /// The identifier at the root of a chain of plain selections.
    var rootName: (name: String, absolute: Bool)? {
        var node = self
        while true {
            switch node.kind {
            case .identifier(let name, let absolute): return (name, absolute)
            case .select(let selection) where selection.form == .value: node = selection.operand
            default: return nil
            }
        }
    }
}
