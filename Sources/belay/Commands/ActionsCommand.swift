import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// `belay actions`: what can be done.
struct ActionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actions",
        abstract: "List actions and providers, show one, or import a plugin's.",
        subcommands: [ActionsListCommand.self, ActionsImportCommand.self],
        defaultSubcommand: ActionsListCommand.self)
}

/// `belay actions list`: the catalogue, from the code and the repository.
struct ActionsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List actions and providers, or show one.",
        discussion: """
            Example:
              belay actions list
              belay actions clear_cache
            """)

    @Argument(help: "An action or a provider.")
    var name: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() throws {
        try Formats.check(format)
        let catalogue =
            (try? repository.compile(lints: false).program?.catalogue) ?? BuiltinActions.catalogue
        let view = CatalogueView(catalogue)
        guard let name else {
            return Output.standard(format == "json" ? view.json.pretty() : view.list)
        }
        if let contract = catalogue.action(name) {
            return Output.standard(
                format == "json" ? view.json(contract).pretty() : view.page(contract))
        }
        if let provider = catalogue.providers[name] {
            return Output.standard(view.page(provider))
        }
        let near = Suggestion.nearest(
            to: name, in: catalogue.actionNames + catalogue.providers.keys)
        throw CommandProblem(
            .usage, "unknown action \(name)", help: near.map { "did you mean \($0)?" })
    }
}

/// `belay sources`: what deliveries can be read.
struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "List the sources whose deliveries can be read.",
        discussion: "Example:\n  belay sources")

    func run() {
        let width = BuiltinSources.all.map(\.name.count).max() ?? 0
        for source in BuiltinSources.all {
            Output.standard("\(source.name.padded(width))  \(source.summary)")
        }
    }
}
