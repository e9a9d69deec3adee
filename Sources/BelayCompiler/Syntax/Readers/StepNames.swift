extension StepSyntax {
    /// The id that it has if none is given: the action's or chain's name as an identifier.
    package var defaultID: String {
        switch kind {
        case .uses(let uses):
            let name = uses.chain?.value ?? uses.uses.value
            return String(
                decoding: name.utf8.map { ".-".utf8.contains($0) ? UInt8(ascii: "_") : $0 },
                as: UTF8.self)
        case .parallel: return "parallel"
        case .wait: return "wait"
        case .waitFor: return "wait_for"
        }
    }

    /// The id that expressions, plans and records use, with the place that gives it.
    package var effectiveID: Located<String> {
        if let id { return id }
        if case .uses(let uses) = kind { return Located(defaultID, at: uses.uses.span) }
        return Located(defaultID, at: span.startOnly)
    }

    /// The steps within it: branches of `parallel`.
    package var branches: [StepSyntax] { if case .parallel(let steps) = kind { steps } else { [] } }
}

/// Checks that steps can be told apart by their ids.
///
/// Ids that are given are unique in a rule, handlers included; the default id of a handler's step may be that of a
/// step of the chain, since nothing reads it.
enum StepNames {
    static func check(_ steps: [StepSyntax], handlers: [[StepSyntax]], _ context: ReadingContext) {
        let chain = all(steps)
        let lists = [chain] + (handlers + chain.compactMap(\.onFailure)).map(all)
        for list in lists { checkList(list, context) }
        let given = lists.flatMap { $0.compactMap(\.id) }
        guard given.count > 1, !repeated(given).isEmpty else { return }
        let reported = Set(lists.flatMap { repeated($0.map(\.effectiveID)) }.map(KeyBytes.init))
        let others = given.filter { !reported.contains(KeyBytes(text: $0.value)) }
        context.checkUnique(others, "step")
    }

    private static func checkList(_ steps: [StepSyntax], _ context: ReadingContext) {
        guard steps.count > 1 else { return }
        context.checkUnique(
            steps.map(\.effectiveID), "step",
            help: ["an id is the action's name if none is given; give one of the two an `id`"])
    }

    private static func all(_ steps: [StepSyntax]) -> [StepSyntax] {
        steps.flatMap { [$0] + all($0.branches) }
    }

    private static func repeated(_ names: [Located<String>]) -> [String] {
        var seen = Set<KeyBytes>()
        return names.map(\.value).filter { !seen.insert(KeyBytes(text: $0)).inserted }
    }
}
