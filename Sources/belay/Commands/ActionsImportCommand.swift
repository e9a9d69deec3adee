import ArgumentParser
import BelayCompiler
import BelayProviders
import JSON

/// `belay actions import`: a plugin's own description becomes contracts, so that checking needs no plugin.
struct ActionsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write a file of kind Actions from a plugin's description.",
        discussion: """
            Example:
              belay actions import /opt/plugins/drain.sh --out runbooks/drain.yaml

            The actions are called NAME.OPERATION; a binding of each is proposed on standard error.
            """)

    @Argument(
        help: ArgumentHelp("The plugin and its arguments.", valueName: "command"))
    var command: [String]

    @Option(
        name: .long,
        help: ArgumentHelp("The first part of the actions' names; default: the file's."))
    var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where to write; default: standard output.", valueName: "file"))
    var out: String?

    func run() async throws {
        var words = command
        if !words[0].hasPrefix("/") { words[0] = "\(Files.currentFolder)/\(words[0])" }
        let name = name ?? Self.name(of: words[0])
        let description: PluginDescription
        do throws(PluginDescription.Problem) {
            description = try await PluginDescription.ask(words, ProviderTools.system().children)
        } catch {
            throw CommandProblem(
                .unreadable, "\(words[0]): \(error.message)",
                help: "a plugin answers {\"protocol\": 1, \"call\": \"describe\"}")
        }
        let (contracts, problems) = description.contracts(name)
        guard problems.isEmpty else {
            throw CommandProblem(
                .unreadable,
                "what \(words[0]) says of itself is wrong:\n  " + problems.joined(separator: "\n  ")
            )
        }
        let text = description.file(name, from: words)
        if let out { try Files.write(Array(text.utf8), to: out) } else { Output.standard(text) }
        Output.standardError(Self.bindings(contracts.keys.sorted(), words))
    }

    /// The file's name without its ending, in the letters that actions have.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        let base = file.split(separator: ".").first ?? ""
        return String(
            base.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func bindings(_ actions: [String], _ words: [String]) -> String {
        let command = words.map { JSONValue.string($0).text() }.joined(separator: ", ")
        let lines = actions.map { action in
            let operation = action.split(separator: ".").last ?? ""
            return "  \(action): {provider: plugin, command: [\(command)], call: \(operation)}"
        }
        return (["bind it in an environment:", "bind:"] + lines).joined(separator: "\n")
    }
}
