import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import BelayServer
import BelayStore
import Glibc

/// `belay serve`: the daemon.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Take incidents in over HTTP and act on them, for ever.",
        discussion: """
            Example:
              belay serve --env production
              belay serve --env production --listen 127.0.0.1:9000
              belay serve --env production --token-file /etc/belay/token

            SIGHUP reads the runbooks anew; a broken change keeps the old ones. SIGTERM stops taking incidents in, \
            lets calls under way end and leaves; a second one leaves at once. Whatever was accepted is carried on by \
            the next start. docs/serve.md has the endpoints.
            """)

    @OptionGroup var environment: EnvironmentOptions
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var token: TokenOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Address and port to listen on; port 0 is any.", valueName: "host:port"))
    var listen: String = "127.0.0.1:8421"

    @Option(name: .long, help: "How many runs are driven at once.")
    var inFlight: Int = 64

    @Option(name: .long, help: "How many incidents may wait for a decision; more get 429.")
    var queue: Int = 10_000

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long calls under way may take to end when it is stopped.", valueName: "length"))
    var drain: String = "10s"

    @Option(name: .long, help: "trace, debug, info, notice, warning or error.")
    var logLevel: String = "info"

    func run() async throws {
        let world = LiveWorld()
        let loader = ProgramLoader(repo: repository.repo, env: environment.env, command: "serve")
        let loaded: ProgramLoader.Loaded
        do { loaded = try loader.load(world) } catch let findings as ProgramLoader.Findings {
            Output.standardError(findings.text())
            throw CommandProblem(
                .findings, "nothing is run from a repository with errors",
                help: environment.checkCommand)
        }
        let journal = try store.path
        let settings = try settings(journal)
        let store = try await store.open()
        do {
            try await serve(loaded, loader, settings, store, world)
            await store.close()
        } catch let error as StoreError {
            await store.close()
            throw CommandProblem(error, journal)
        } catch {
            await store.close()
            let (why, help) = Self.words(of: error)
            throw CommandProblem(.unreadable, "cannot serve on \(listen): \(why)", help: help)
        }
    }

    private func serve(
        _ loaded: ProgramLoader.Loaded, _ loader: ProgramLoader, _ settings: DaemonSettings,
        _ store: SQLiteStore, _ world: LiveWorld
    ) async throws {
        let tools = ProviderTools.system()
        var parts = SupervisorParts(store: store, world: world, tools: tools)
        parts.inFlight = inFlight
        let daemon = Daemon(
            settings, parts, program: await loaded.supervised(tools), sources: BuiltinSources.all,
            keeper: Anchor(journal: store.files.path, tools: tools),
            reload: {
                do { return .loaded(try await loader.load(world).supervised(tools)) } catch {
                    return Self.rejection(error)
                }
            },
            announce: { store.announce(address: $0) })
        try await daemon.run()
    }

    /// What the system says, without the names of functions around it, and what to do.
    private static func words(of error: any Error) -> (why: String, help: String?) {
        let text = "\(error)"
        guard let mark = text.firstRange(of: "errno: "),
            let code = Int32(text[mark.upperBound...].prefix { $0.isNumber })
        else { return (text, nil) }
        let help: String? =
            switch code {
            case EADDRINUSE:
                "another process listens there: stop it, or name another port with --listen"
            case EADDRNOTAVAIL: "this host has no such address: name one that it has with --listen"
            case EACCES: "this user may not listen there: name a port above 1023 with --listen"
            default: nil
            }
        return (String(cString: strerror(code)), help)
    }

    private static func rejection(_ error: any Error) -> Reload {
        switch error {
        case let findings as ProgramLoader.Findings:
            .rejected(findings.text(.never), findings: findings.count)
        case let problem as CommandProblem: .rejected(problem.text, findings: 1)
        default: .rejected("\(error)", findings: 1)
        }
    }

    private func settings(_ journal: String) throws(CommandProblem) -> DaemonSettings {
        guard let colon = listen.lastIndex(of: ":"),
            let port = UInt16(listen[listen.index(after: colon)...])
        else {
            throw CommandProblem(
                .usage, "\(listen) is no address", help: "write it as 127.0.0.1:8421")
        }
        guard case .success(let drain) = DurationText.parse(drain) else {
            throw CommandProblem(.usage, "\(drain) is no length of time", help: "write it as 10s")
        }
        guard inFlight > 0, queue > 0 else {
            throw CommandProblem(.usage, "--in-flight and --queue are at least 1")
        }
        let levels = ["trace", "debug", "info", "notice", "warning", "error"]
        guard levels.contains(logLevel) else {
            throw CommandProblem(
                .usage, "unknown log level \(logLevel)",
                help: "levels are \(levels.joined(separator: ", "))")
        }
        var settings = DaemonSettings(token: try token.make(beside: journal))
        settings.host = String(listen[..<colon]).trimmingBrackets
        settings.port = Int(port)
        settings.people = PeopleFile(path: PeopleFile.path(beside: journal))
        settings.queueLimit = queue
        settings.drain = drain
        settings.logLevel = logLevel
        // The store passes those of acceptance itself.
        settings.failpoint = { name in
            guard let point = Failpoint(rawValue: name), !name.hasPrefix("accept.") else { return }
            LiveWorld().failpoints.pass(point)
        }
        return settings
    }
}

extension String {
    /// An IPv6 address without its brackets.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
