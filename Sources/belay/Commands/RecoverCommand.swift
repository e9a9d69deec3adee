import ArgumentParser
import BelayEngine
import BelayProviders
import BelayStore
import Synchronization

/// `belay recover`: what a process that died left undone.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Carry on what a run that was killed left undone.",
        discussion: """
            Runs go on with the program that they began with; what was under way is settled by the recovery class of \
            its action. Incidents that were accepted and not decided are decided now. A daemon does the same by itself.

            Example:
              belay recover --env production

            Exit status 1 if a run did not end well, or waits for a person.
            """)

    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        let world = LiveWorld()
        let loader = ProgramLoader(repo: repository.repo, env: environment.env, command: "recover")
        let loaded: ProgramLoader.Loaded
        do { loaded = try loader.load(world) } catch let findings as ProgramLoader.Findings {
            Output.standardError(findings.text())
            throw CommandProblem(
                .findings, "nothing is run from a repository with errors",
                help: environment.checkCommand)
        }
        let store = try await store.openExisting()
        let tools = ProviderTools.system()
        var parts = SupervisorParts(store: store, world: world, tools: tools)
        let progress = ProgressView()
        let ends = RecoveredEnds()
        parts.observe = { event in
            switch event {
            case .happened(_, let event, let time): progress.show(event, at: time)
            case .ended(let run, let end): ends.note(run, end)
            case .failed(let what, let error): ends.fail("\(what): \(error)")
            default: break
            }
        }
        do {
            try await Supervisor(parts, program: await loaded.supervised(tools)).settle()
            await store.close()
        } catch {
            await store.close()
            throw CommandProblem(error, try self.store.path)
        }
        if ends.areUntold { throw ExitStatus.unreadable }
        if !ends.areGood { throw ExitStatus.findings }
    }
}

/// How the recovered runs ended, told as it happens.
private final class RecoveredEnds: Sendable {
    private let good = Mutex(true)
    /// Whether standard output could not be written: that cuts off no run.
    private let untold = Mutex(false)

    var areGood: Bool { good.withLock { $0 } }
    var areUntold: Bool { untold.withLock { $0 } }

    func note(_ run: String, _ end: DriveEnd) {
        switch end {
        case .finished(let result):
            tell("\(run)  \(result.status.rawValue)")
            if result.isGood { return }
        case .parked(let reason): tell("\(run)  waits for \(reason)")
        case .leaseLost: tell("\(run)  another process has it")
        case .stopped: tell("\(run)  stopped")
        }
        good.withLock { $0 = false }
    }

    private func tell(_ text: String) {
        if !Output.tell(text) { untold.withLock { $0 = true } }
    }

    func fail(_ what: String) {
        Output.standardError(what)
        good.withLock { $0 = false }
    }
}
