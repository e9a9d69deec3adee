import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore

/// `belay recover`: what a process that died left undone.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Carry on what a run that was killed left undone.",
        discussion: """
            Runs go on with the program that they began with; what was under way is settled by the recovery class of \
            its action. Incidents that were accepted and not decided are decided now.

            Example:
              belay recover --env production

            Exit status 1 if a run did not end well, or waits for a person.
            """)

    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        let world = LiveWorld()
        let files = try repository.files()
        let program = try repository.program(files)
        let environment = try environment.environment(of: program)
        let (variables, _) = EnvironmentOptions.variables(of: environment, from: world.variable)
        let planner = Planner(
            Decider(program: program, environment: environment, variables: variables))
        let store = try await store.open()
        do {
            let resumer = Resumer(
                store: store, world: world, planner: planner, sources: ProgramText(files))
            let good = try await resumer.run()
            await store.close()
            if !good { throw ExitStatus.findings }
        } catch let error as StoreError {
            await store.close()
            throw CommandProblem(error, try self.store.path)
        }
    }
}
