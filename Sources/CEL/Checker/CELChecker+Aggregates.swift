extension CELChecker {
    mutating func type(of elements: [CELElement]) -> CELType {
        var joined: CELType?
        for element in elements {
            var found = type(of: element.value)
            if element.isOptional { found = unwrapped(found, element.value) }
            joined = joined.map { inference.joined($0, found) } ?? found
        }
        return .list(joined ?? inference.free())
    }

    mutating func type(of entries: [CELEntry]) -> CELType {
        var keys: CELType?
        var values: CELType?
        for entry in entries {
            let key = type(of: entry.key)
            expectKey(key, entry.key)
            keys = keys.map { inference.joined($0, key) } ?? key
            var value = type(of: entry.value)
            if entry.isOptional { value = unwrapped(value, entry.value) }
            values = values.map { inference.joined($0, value) } ?? value
        }
        return .map(keys ?? inference.free(), values ?? inference.free())
    }

    private mutating func expectKey(_ type: CELType, _ node: CELExpression) {
        switch inference.resolved(type) {
        case .bool, .int, .uint, .string, .dyn, .parameter: return
        default:
            report("a map's key is bool, int, uint or string, found \(shown(type))", node.range)
        }
    }

    private mutating func unwrapped(_ type: CELType, _ node: CELExpression) -> CELType {
        requireLibrary(.optionals, "'?'", node.range)
        switch inference.resolved(type) {
        case .optional(let inner): return inner
        case .dyn, .parameter: return .dyn
        default:
            report("'?' needs an optional value, found \(shown(type))", node.range)
            return .dyn
        }
    }

    // MARK: Macros

    mutating func type(of loop: CELComprehension, _ node: CELExpression) -> CELType {
        requireLibraries(of: loop, node)
        let operand = inference.resolved(type(of: loop.operand))
        let variables = variableTypes(loop, operand)
        scope.push(loop.variables)
        localTypes += variables
        defer {
            scope.pop(loop.variables.count)
            localTypes.removeLast(loop.variables.count)
        }
        if let filter = loop.filter { expectBool(filter, "the filter must be bool") }
        switch loop.form {
        case .all, .exists, .existsOne:
            expectBool(loop.body, "the condition of \(loop.form.rawValue)() must be bool")
            return .bool
        case .filter:
            expectBool(loop.body, "the condition of filter() must be bool")
            return .list(variables[0])
        case .sortBy:
            _ = type(of: loop.body)
            return .list(variables[0])
        case .map, .transformList: return .list(type(of: loop.body))
        case .transformMap: return .map(keyType(operand), type(of: loop.body))
        case .transformMapEntry:
            let body = inference.resolved(type(of: loop.body))
            if case .map = body { return body }
            if body != .dyn { report("the entry must be a map literal", loop.body.range) }
            return .map(.dyn, .dyn)
        case .bind: return type(of: loop.body)
        case .optMap: return .optional(type(of: loop.body))
        case .optFlatMap:
            let body = inference.resolved(type(of: loop.body))
            if case .optional = body { return body }
            if body != .dyn { report("optFlatMap() needs an optional result", loop.body.range) }
            return .optional(.dyn)
        }
    }

    private mutating func requireLibraries(of loop: CELComprehension, _ node: CELExpression) {
        switch loop.form {
        case .bind: requireLibrary(.bindings, "cel.bind()", node.range)
        case .sortBy: requireLibrary(.lists, "sortBy()", node.range)
        case .optMap, .optFlatMap:
            requireLibrary(.optionals, "\(loop.form.rawValue)()", node.range)
        default:
            if loop.variables.count == 2 {
                requireLibrary(.twoVariableMacros, "a macro with two variables", node.range)
            }
        }
    }

    private func keyType(_ operand: CELType) -> CELType {
        switch operand {
        case .map(let key, _): key
        case .list: .int
        case .object: .string
        default: .dyn
        }
    }

    private mutating func variableTypes(
        _ loop: CELComprehension, _ operand: CELType
    ) -> [CELType] {
        switch loop.form {
        case .bind: return [operand]
        case .optMap, .optFlatMap:
            if case .optional(let inner) = operand { return [inner] }
            if operand != .dyn {
                report(
                    "\(loop.form.rawValue)() needs an optional value, found \(shown(operand))",
                    loop.operand.range)
            }
            return [.dyn]
        default: break
        }
        let isPair = loop.variables.count == 2
        switch operand {
        case .list(let item): return isPair ? [.int, item] : [item]
        case .map(let key, let value): return isPair ? [key, value] : [key]
        case .object: return isPair ? [.string, .dyn] : [.string]
        case .dyn, .parameter: return isPair ? [.dyn, .dyn] : [.dyn]
        default:
            report(
                "\(loop.form.rawValue)() goes over a list or a map, found \(shown(operand))",
                loop.operand.range)
            return isPair ? [.dyn, .dyn] : [.dyn]
        }
    }
}
