import ArgumentParser

/// `belay completion`: scripts for bash, zsh and fish.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a completion script for a shell.",
        discussion: "Example:\n  belay completion bash > /etc/bash_completion.d/belay")

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw CommandProblem(
                .usage, "unknown shell \(shell)", help: "shells are bash, zsh, fish")
        }
        Output.standard(BelayCommand.completionScript(for: shell))
    }
}
