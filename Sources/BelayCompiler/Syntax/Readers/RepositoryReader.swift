/// Reads all files of a repository, each by the kind that it says it is.
package enum RepositoryReader {
    /// Whatever could be read; findings are of all files together.
    package static func read(
        _ files: [SourceFile], _ diagnostics: inout Diagnostics
    ) -> RepositorySyntax {
        var repository = RepositorySyntax()
        let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let context = ReadingContext()
        for file in sorted {
            guard let root = YAMLParser.parse(file, &diagnostics),
                let kind = HeadReader(context: context).kind(of: root)
            else { continue }
            repository.read(root, file, kind, context)
        }
        checkNames(repository, context)
        diagnostics.append(contentsOf: context.diagnostics)
        return repository
    }

    private static func checkNames(_ repository: RepositorySyntax, _ context: ReadingContext) {
        context.checkUnique(repository.runbooks.map(\.metadata.name), "runbook")
        context.checkUnique(
            repository.actions.map(\.metadata.name), "file of actions with the name")
        context.checkUnique(repository.environments.map(\.metadata.name), "environment")
        context.checkUnique(
            repository.guardrails.map(\.metadata.name), "file of guardrails with the name")
        context.checkUnique(repository.tests.map(\.metadata.name), "test with the name")
        let actions = repository.actions.flatMap { $0.actions.map(\.name) }
        context.checkUnique(actions, "action")
        let guardrails = repository.guardrails.flatMap { $0.guardrails.map(\.id) }
        if repository.guardrails.count > 1 { context.checkUnique(guardrails, "guardrail") }
    }
}

extension RepositorySyntax {
    fileprivate mutating func read(
        _ root: YAMLNode, _ file: SourceFile, _ kind: DocumentKind, _ context: ReadingContext
    ) {
        switch kind {
        case .runbook: RunbookReader.read(root, file, context).map { runbooks.append($0) }
        case .actions: ActionsReader.read(root, file, context).map { actions.append($0) }
        case .environment:
            EnvironmentReader.read(root, file, context).map { environments.append($0) }
        case .guardrails: GuardrailsReader.read(root, file, context).map { guardrails.append($0) }
        case .runbookTest: RunbookTestReader.read(root, file, context).map { tests.append($0) }
        }
    }
}
