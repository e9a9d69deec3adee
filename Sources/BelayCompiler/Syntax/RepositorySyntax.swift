/// Everything that was read of a repository, by kind, each in the order of paths.
package struct RepositorySyntax: Sendable {
    package var runbooks: [RunbookFile] = []
    package var actions: [ActionsFile] = []
    package var environments: [EnvironmentFile] = []
    package var guardrails: [GuardrailsFile] = []
    package var tests: [RunbookTestFile] = []

    package init() {}
}
