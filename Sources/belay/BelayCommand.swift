import ArgumentParser

/// The program's one entry: a new command is a new file and one line here.
@main struct BelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "belay",
        abstract: "Runbooks as code for incidents.",
        discussion: """
            Rules in git say what to do when an incident comes in; `check`, `test` and `plan` show what they would \
            do, `run` does it, and `audit` proves what was done.
            """,
        version: Version.text,
        subcommands: [
            ActionsCommand.self, ApproveCommand.self, AuditCommand.self, CancelCommand.self,
            CheckCommand.self, CompletionCommand.self, DenyCommand.self, DoctorCommand.self,
            EvalCommand.self, ExplainCommand.self, IAMCommand.self, InitCommand.self,
            MatchCommand.self, PauseCommand.self, PausesCommand.self, PlanCommand.self,
            RecoverCommand.self, ResolveCommand.self, ResumeCommand.self, RunCommand.self,
            RunsCommand.self, SchemaCommand.self, ServeCommand.self, SimulateCommand.self,
            SourcesCommand.self,
            StoreCommand.self, TestCommand.self, TokenCommand.self,
        ])

    static func main() async {
        do {
            try CommandNames.check(Array(CommandLine.arguments.dropFirst()), of: Self.self)
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let problem as CommandProblem {
            Output.standardError(problem.text)
            exit(withError: problem.status)
        } catch let status as ExitStatus {
            exit(withError: status)
        } catch {
            let code = exitCode(for: error)
            if code == .success || code.rawValue != ExitCode.validationFailure.rawValue {
                exit(withError: error)
            }
            Output.standardError(fullMessage(for: error))
            exit(withError: ExitStatus.usage)
        }
    }
}

/// The version that `--version` and machine-readable outputs tell.
enum Version {
    static let text = "0.1.0"
}
