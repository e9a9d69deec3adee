import BelayCompiler
package import BelayEngine
import Cryptography
import Glibc
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import ServiceLifecycle
import UnixSignals

/// `belay serve`: doors for incidents, a supervisor behind them, and an orderly end.
package struct Daemon: Sendable {
    private let settings: DaemonSettings
    private let parts: SupervisorParts
    private let supervisor: Supervisor
    private let sources: [any IncidentSource]
    private let reload: @Sendable () async -> Reload
    private let announce: @Sendable (String) -> Void
    private let metrics = Metrics()
    private let backlog = Backlog()
    private let standing = Standing()
    private let anchoring: Anchoring
    private let log: DaemonLog

    /// - Parameters:
    ///   - reload: reads the program anew, on SIGHUP.
    ///   - keeper: puts checkpoints into the environment's anchors.
    ///   - announce: told of the address once it listens there: `127.0.0.1:8421`.
    package init(
        _ settings: DaemonSettings, _ parts: SupervisorParts, program: SupervisedProgram,
        sources: [any IncidentSource], keeper: any CheckpointKeeper,
        reload: @escaping @Sendable () async -> Reload,
        announce: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.sources = sources
        self.reload = reload
        self.announce = announce
        let log = DaemonLog(
            level: settings.logLevel, metrics: metrics, backlog: backlog, standing: standing)
        var parts = parts
        parts.observe = log.note
        self.log = log
        self.parts = parts
        supervisor = Supervisor(parts, program: program)
        anchoring = Anchoring(keeper: keeper, world: parts.world, log: log)
    }

    /// Serves until it is told to stop by SIGTERM or SIGINT; the store is the caller's to close.
    package func run() async throws {
        await recordProgram(supervisor.program, .programLoaded, reason: nil)
        tell(of: supervisor.program, "program loaded")
        let signals = SignalService(daemon: self)
        var quiet = log.logger
        quiet.logLevel = max(.error, quiet.logLevel)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: SupervisorService(supervisor: supervisor, standing: standing),
                    successTerminationBehavior: .ignore),
                .init(
                    service: AnchoringService(
                        anchoring: anchoring, supervisor: supervisor, standing: standing,
                        world: parts.world),
                    successTerminationBehavior: .ignore),
                .init(service: application()),
            ], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func application() -> some ApplicationProtocol {
        let front = Front(
            table: RouteTable(routes: routes),
            gate: Gate(
                token: settings.token, people: settings.people, store: parts.store,
                world: parts.world, metrics: metrics, logger: log.logger),
            metrics: metrics, world: parts.world)
        var http = HTTP1Channel.Configuration(
            idleTimeout: .seconds(30),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100))
        http.httpDecoder.maxHeaderListSize = 16 << 10
        var quiet = log.logger
        quiet.logLevel = max(.warning, quiet.logLevel)
        return Application(
            responder: front, server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: .maximum(settings.connectionLimit, logger: quiet)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
                announce("\(host):\(port)")
                standing.run()
                log.logger.notice(
                    "ready", metadata: ["address": "\(host):\(port)", "pid": "\(getpid())"])
            }, logger: quiet)
    }

    /// Every door; a new source brings its own, a new page is one line here.
    private var routes: [Route] {
        let supervisor = supervisor
        let operations = Operations(store: parts.store, world: parts.world) {
            (run, input) async throws(StoreError) in
            try await supervisor.tell(run, input)
        }
        return HealthRoutes(
            store: parts.store, supervisor: supervisor, standing: standing, backlog: backlog,
            metrics: metrics, anchoring: anchoring
        ).routes
            + IntakeRoutes(
                store: parts.store, world: parts.world, supervisor: supervisor, sources: sources,
                backlog: backlog, queueLimit: settings.queueLimit, metrics: metrics,
                standing: standing, failpoint: settings.failpoint
            ).routes
            + RunRoutes(store: parts.store, operations: operations).routes
            + PauseRoutes(operations: operations, supervisor: supervisor).routes
            + (settings.people.map { people in
                PeopleRoutes(
                    orders: PeopleOrders(file: people, store: parts.store, world: parts.world),
                    operations: operations
                ).routes
            } ?? [])
    }

    // MARK: Signals

    /// Reads the program anew; a broken one changes nothing.
    fileprivate func loadAgain() async {
        switch await reload() {
        case .loaded(let program):
            settings.failpoint("reload.swap")
            let isNew = program.sources.digest != supervisor.program.sources.digest
            supervisor.adopt(program)
            await anchoring.tryAgain()
            metrics.add(.reloads, ["outcome", "loaded"])
            if isNew { await recordProgram(program, .programLoaded, reason: "reload") }
            tell(of: program, isNew ? "program loaded" : "program unchanged")
        case .rejected(let why, let findings):
            metrics.add(.reloads, ["outcome", "rejected"])
            let payload: JSONValue = [
                "findings": .integer(Int64(findings)), "message": .string(why),
            ]
            await record(
                RecordDraft(
                    .programRejected, reason: "reload",
                    payloads: [PayloadDraft("findings", payload)])
            )
            log.logger.error(
                "program rejected; the one before stays in force",
                metadata: ["findings": "\(findings)"])
            for line in why.split(separator: "\n") { log.logger.error("  \(line)") }
        }
    }

    private func tell(of program: SupervisedProgram, _ what: Logger.Message) {
        let rules = program.program.rules
        let runbooks = Set(rules.map(\.runbook.name))
        log.logger.notice(
            what,
            metadata: [
                "program": "\(program.sources.digest.hex.prefix(12))", "rules": "\(rules.count)",
                "runbooks": "\(runbooks.count)",
            ])
        guard rules.isEmpty else { return }
        log.logger.warning("the program has no rule: every incident will be unmatched")
    }

    private func recordProgram(
        _ program: SupervisedProgram, _ kind: RecordKind, reason: String?
    ) async {
        let payload: JSONValue = [
            "digest": .string(program.sources.digest.hex),
            "environment": .string(program.environment.name),
            "rules": .integer(Int64(program.program.rules.count)),
        ]
        await record(
            RecordDraft(kind, reason: reason, payloads: [PayloadDraft("program", payload)]))
    }

    private func record(_ draft: RecordDraft) async {
        do throws(StoreError) {
            try await parts.store.commit(StoreTransaction([.record(draft)]))
        } catch {
            log.note(.failed("record \(draft.kind.rawValue)", error))
        }
    }

    /// Takes nothing more in and lets what is under way end.
    fileprivate func drain() async {
        settings.failpoint("drain.begin")
        supervisor.stopCalls()
        log.logger.notice("draining", metadata: ["within": "\(settings.drain.text)"])
        await supervisor.drain(within: settings.drain)
        await keepLastCheckpoint()
        log.logger.notice("drained")
    }

    /// Signs what the drain has left and gives it to the anchors.
    private func keepLastCheckpoint() async {
        guard await anchoring.isNeeded else { return }
        do throws(StoreError) {
            if let signed = try await parts.store.checkpoint(always: true) {
                log.note(.signed(size: signed.checkpoint.size))
            }
        } catch {
            log.note(.failed(SupervisorEvent.signing, error))
        }
        await anchoring.finish(within: settings.anchorDrain)
    }

    /// Leaves at once; what is on disk is enough for the next process.
    fileprivate func giveUp() {
        log.logger.warning("told twice to stop: leaving at once")
        _exit(1)
    }

    /// False if it was told before.
    fileprivate func beginsToStop() -> Bool { standing.drain() }
}

/// Turns signals into what they mean; ends once what was under way has ended.
private struct SignalService: Service {
    let daemon: Daemon

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let (stopped, source) = AsyncStream.makeStream(of: Void.self)
        // Listens on while the rest ends: who says it twice does not want to wait.
        Task {
            for await signal in signals {
                if signal == .sighup {
                    await daemon.loadAgain()
                } else if daemon.beginsToStop() {
                    Task {
                        await daemon.drain()
                        source.finish()
                    }
                } else {
                    daemon.giveUp()
                }
            }
        }
        await cancelWhenGracefulShutdown { for await _ in stopped {} }
    }
}

/// The supervisor as one of the process's services.
private struct SupervisorService: Service {
    let supervisor: Supervisor
    let standing: Standing

    func run() async throws {
        do throws(StoreError) { try await supervisor.run() } catch {
            standing.breakDown()
            throw error
        }
        // Drained: its turn to end comes after that of the doors.
        try? await gracefulShutdown()
    }
}

/// The anchoring of checkpoints as one of the process's services. It begins once the daemon listens: one that cannot
/// serve speaks to nobody.
private struct AnchoringService: Service {
    let anchoring: Anchoring
    let supervisor: Supervisor
    let standing: Standing
    let world: any World

    func run() async throws {
        let supervisor = supervisor
        await cancelWhenGracefulShutdown {
            while !standing.isRunning {
                guard (try? await world.sleep(for: .milliseconds(50))) != nil else { return }
            }
            await anchoring.run { supervisor.program.environment.anchors }
        }
        // Finished by the drain; what else ends it is the end of the process.
        try? await gracefulShutdown()
    }
}
