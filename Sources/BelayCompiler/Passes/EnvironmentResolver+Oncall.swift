extension EnvironmentResolver {
    /// What each name on call means to each binding that tells people: the settings that its provider knows.
    mutating func resolveOncall() {
        var tellers: [(binding: Binding, contract: ActionContract, allowed: [InputContract])] = []
        for binding in environment.bindings.values.sorted(by: { $0.action < $1.action })
        where binding.span != nil {
            guard let contract = catalogue.action(binding.action), contract.effect == .notify,
                contract.input("to") != nil, let provider = catalogue.providers[binding.provider]
            else { continue }
            tellers.append(
                (binding, contract, provider.settings + binding.operation.action.inputs))
        }
        let names = Set(tellers.flatMap { $0.allowed.map(\.name) }).sorted()
        for person in file.people?.oncall ?? [] {
            for member in person.channels where !names.contains(member.name.value) {
                let near = Suggestion.nearest(to: member.name.value, in: names)
                report(
                    .unknownKey,
                    "no binding that tells people has the setting `\(member.name.value)`",
                    member.name.span,
                    help: [
                        near.map { "did you mean `\($0)`?" }
                            ?? (names.isEmpty
                                ? "bind `notify_human` first"
                                : "they have \(names.joined(separator: ", "))")
                    ])
            }
            for (binding, contract, allowed) in tellers {
                let known = person.channels.filter { member in
                    allowed.contains { $0.name == member.name.value }
                }
                let scope = NameScope.binding(inputs: inputsShape(contract))
                let templates = settings(known, scope, allowed)
                environment.bindings[binding.action]?.oncall[person.name.value] = templates
            }
        }
    }
}
