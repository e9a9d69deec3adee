import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore
import Glibc

/// 1,000 incidents at once, each of which makes one request of the provider `http` to the same server: how many a
/// second, and how much memory.
///
/// Each incident is accepted, decided and recorded as any other; all runs are under way at the same time.
@main struct BenchProviders {
    private static func program(_ url: String, _ atOnce: Int) -> Program {
        let runbook = """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: bench}
            rules:
              - id: tell
                catch_all: true
                steps: [{id: tell, uses: notify_human}]
            """
        let environment = """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: bench}
            mode: auto
            bind:
              notify_human: {provider: http, operation: request, recovery: keyed, url: "\(url)", max_in_flight: \(atOnce)}
            limits: {max_runs: {count: 1000000, per: 10m}, max_targets: {count: 1000000, per: 10m}}
            """
        let files = [("bench.yaml", runbook), ("environments/bench.yaml", environment)].map {
            SourceFile(path: $0.0, bytes: Array($0.1.utf8))
        }
        let compilation = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
        guard let program = compilation.program else {
            preconditionFailure("\(compilation.diagnostics.sorted.map(\.message))")
        }
        return program
    }

    /// usage: bench-providers URL JOURNAL [INCIDENTS [AT_ONCE]]
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else {
            print("usage: bench-providers URL JOURNAL [INCIDENTS [AT_ONCE]]")
            exit(2)
        }
        let count = arguments.count > 3 ? Int(arguments[3]) ?? 1000 : 1000
        let atOnce = arguments.count > 4 ? Int(arguments[4]) ?? 64 : 64
        let program = program(arguments[1], atOnce)
        guard let environment = program.environments["bench"] else {
            preconditionFailure("the environment is missing")
        }
        let world = LiveWorld()
        let store = try await SQLiteStore.open(path: arguments[2], world: world)
        let planner = Planner(Decider(program: program, environment: environment))
        let dispatcher = Dispatcher(
            store: store, world: world, planner: planner, sources: ProgramText([UInt8]()),
            actor: "bench")
        let tools = ProviderTools.system()
        let driver = RunDriver(
            store: store, world: world, providers: ProviderRegistry(BuiltinActions.all(tools)),
            catalogue: program.catalogue, secrets: SecretVault(values: [:]))
        let begun = try await begin(count, dispatcher, world)

        let start = ContinuousClock.now
        let good = try await withThrowingTaskGroup(of: Bool.self) { group in
            for run in begun {
                group.addTask {
                    var state = RunState()
                    state.apply(.started, at: world.now())
                    let result = try await driver.drive(
                        run.context, from: state, lease: run.lease, reservations: run.reservations)
                    return result?.status == .succeeded
                }
            }
            var good = 0
            for try await isGood in group where isGood { good += 1 }
            return good
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        await store.close()
        let rate = Int(Double(good) / seconds)
        print("runs \(good) of \(count) in \(Int(seconds * 1000)) ms, \(rate) runs/s")
        print("memory, most at once: \(memory()) kB")
        if good != count { exit(1) }
    }

    /// Accepts all incidents in one delivery and begins their runs.
    private static func begin(
        _ count: Int, _ dispatcher: Dispatcher, _ world: LiveWorld
    ) async throws -> [Dispatcher.Begun] {
        let now = world.now()
        let incidents = (0..<count).map { number in
            Incident(
                id: "INC-\(number)", fingerprint: "f\(number)", priority: .high, type: "Bench",
                source: "bench", title: "Incident \(number)", startedAt: now, receivedAt: now)
        }
        let accepted = try await dispatcher.accept(incidents, source: "bench")
        var begun: [Dispatcher.Begun] = []
        for (incident, acceptance) in zip(incidents, accepted) {
            begun += try await dispatcher.decide(incident, id: acceptance.id).begun
        }
        return begun
    }

    /// The most that was resident, in kB.
    private static func memory() -> String {
        guard let file = fopen("/proc/self/status", "r") else { return "?" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix("VmHWM:") {
                return text.filter { $0.isNumber }
            }
        }
        return "?"
    }
}
