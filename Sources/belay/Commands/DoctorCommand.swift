import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayStore
import Glibc
import JSON

/// `belay doctor`: whether an environment could be worked in now.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Ask whether an environment works: credentials, peers, permissions, clock, store.",
        discussion: """
            Example:
              belay doctor --env aws

            Nothing is changed. Each finding names its cure; docs/troubleshooting.md says more. Exit status 1 if \
            there is a problem.
            """)

    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var store: StoreOptions

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    func run() async throws {
        try Formats.check(format)
        let program = try repository.program()
        let environment = try environment.environment(of: program)
        let tools = ProviderTools.system()
        let (variables, missing) = EnvironmentOptions.variables(
            of: environment, from: tools.variable)
        let vault = await SecretSources(tools: tools).vault(for: environment.secrets)
        let doctor = Doctor(
            tools: tools, program: program, environment: environment, variables: variables,
            vault: vault)
        var findings = settings(program, environment, missing)
        findings += await doctor.examine()
        findings += storeFindings()
        let view = DoctorView(environment.name, findings)
        Output.standard(format == "json" ? view.json.pretty() : view.text)
        if findings.contains(where: { $0.status == .problem }) { throw ExitStatus.findings }
    }

    private func settings(
        _ program: Program, _ environment: EnvironmentProgram, _ missing: [String]
    ) -> [Finding] {
        var diagnostics = Diagnostics()
        EnvironmentCheck.run(program, environment, &diagnostics)
        EnvironmentReadiness.targets(of: program, in: environment, &diagnostics)
        let wrong = diagnostics.sorted.map { diagnostic in
            Finding(
                "setting", diagnostic.severity == .error ? .problem : .warning, diagnostic.message,
                cure: diagnostic.help.first)
        }
        let unset = missing.map {
            Finding(
                "setting", .problem, "the variable \($0) is not set",
                cure:
                    "set it for the engine's process; without it no action that reads it is carried out"
            )
        }
        return wrong + unset
    }

    /// Looked at, never made: `doctor` leaves nothing behind.
    private func storeFindings() -> [Finding] {
        let path: String
        do throws(CommandProblem) { path = try store.path } catch {
            return [Finding("store", .problem, error.text)]
        }
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let place = path.hasPrefix("/") ? "/" + folder : folder.isEmpty ? "." : folder
        guard access(place, W_OK) == 0 else {
            return [
                Finding(
                    "store", .problem, "the folder \(place) cannot be written",
                    cure: "make it, for the engine's user, or name another journal with --store")
            ]
        }
        var space = statvfs()
        if statvfs(place, &space) == 0 {
            let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
            if free < 256 << 20 {
                return [
                    Finding(
                        "store", free < 32 << 20 ? .problem : .warning,
                        "\(free >> 20) MiB are free for \(path)",
                        cure: "make room: what cannot be recorded is not done")
                ]
            }
        }
        guard Files.exists(path) else {
            return [Finding("store", .ok, "\(path) will be made by the first run")]
        }
        do throws(CommandProblem) { try StoreOptions.checkReadable(path) } catch {
            return [
                Finding("store", .problem, error.text, cure: "give its file to who runs Belay")
            ]
        }
        do throws(StoreError) {
            _ = try AuditLog(path: path)
            return [Finding("store", .ok, path)]
        } catch {
            return [
                Finding(
                    "store", .problem, CommandProblem(error, path).text, cure: "belay audit verify")
            ]
        }
    }
}
