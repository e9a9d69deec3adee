import ArgumentParser
import BelayCompiler

/// `belay init`: a working repository.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a repository that works: runbook, test, environment, CI file.",
        discussion: "Example:\n  belay init my-runbooks")

    @Argument(help: "The folder; it is made if it is not there.")
    var folder: String = "."

    func run() throws {
        for (path, text) in Starter.files {
            let target = "\(folder.trimmingSlash)/\(path)"
            guard !Files.exists(target) else {
                throw CommandProblem(
                    .usage, "\(target) is there already", help: "init writes over nothing")
            }
            let parent = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                .joined(separator: "/")
            if !parent.isEmpty { try Files.makeFolder(parent) }
            try Files.write(Array(text.utf8), to: target)
            Output.standard("wrote \(target)")
        }
        Output.standard(
            """

            now:
              cd \(folder)
              belay check
              belay test
              belay plan -i runbooks/incidents/pressure.json
              belay run -i runbooks/incidents/pressure.json
            """
        )
    }
}
