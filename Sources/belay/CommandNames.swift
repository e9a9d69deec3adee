import ArgumentParser
import BelayCompiler

/// The words before the first option, checked against the commands that there are: a slip gets the word that was
/// meant, which the parser by itself does not tell.
enum CommandNames {
    /// Ends with the problem if a word names no command where only a command can stand.
    static func check(_ arguments: [String], of root: any ParsableCommand.Type)
        throws(CommandProblem)
    {
        var words = arguments[...]
        if words.first == "help" { words = words.dropFirst() }
        var command = root
        var path = name(root)
        while let word = words.popFirst() {
            let commands = command.configuration.subcommands
            if commands.isEmpty || word.hasPrefix("-") { return }
            var next: (any ParsableCommand.Type)?
            for known in commands where names(known).contains(word) { next = known }
            guard let next else {
                // The word may be an argument of the command that is meant if none is named.
                if command.configuration.defaultSubcommand != nil { return }
                throw problem(word, after: path, commands)
            }
            command = next
            path += " \(word)"
        }
    }

    private static func problem(
        _ word: String, after path: String, _ commands: [any ParsableCommand.Type]
    ) -> CommandProblem {
        var known: [String] = []
        for command in commands where command.configuration.shouldDisplay {
            known.append(name(command))
        }
        let near = Suggestion.nearest(to: word, in: known)
        return CommandProblem(
            .usage, "unknown command `\(path) \(word)`",
            help: near.map { "did you mean `\(path) \($0)`?" }
                ?? "`\(path) --help` lists the commands")
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }

    private static func names(_ command: any ParsableCommand.Type) -> [String] {
        [name(command)] + command.configuration.aliases
    }
}
