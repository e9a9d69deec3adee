import BelayCompiler
import BelayEngine
import Logging
import Synchronization

/// Log lines and figures of what a supervisor tells.
struct DaemonLog: Sendable {
    let logger: Logger
    let metrics: Metrics
    let backlog: Backlog
    let standing: Standing
    private let refusal = ToldRefusal()

    init(level: String, metrics: Metrics, backlog: Backlog, standing: Standing) {
        var logger = Logger(label: "belay") { StreamLogHandler(label: $0, stream: LogStream()) }
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        self.logger = logger
        self.metrics = metrics
        self.backlog = backlog
        self.standing = standing
    }

    func note(_ event: SupervisorEvent) {
        switch event {
        case .looking: backlog.look()
        case .decided(let count, let all):
            backlog.decided(count, all: all)
            guard count > 0 else { return }
            metrics.add(.decided, [], by: count)
            logger.debug("decided", metadata: ["incidents": "\(count)"])
        case .heldBack(let held): note(held)
        case .deferred(let count):
            backlog.waitForAPlace(count)
            logger.debug("runs wait for a place", metadata: ["runs": "\(count)"])
        case .began(let run, let rule):
            metrics.add(.begun, [])
            logger.info("run began", metadata: ["run": "\(run)", "rule": "\(rule)"])
        case .resumed(let run, let found):
            metrics.add(.resumed, ["found", found.rawValue])
            if found == .ready { backlog.foundAPlace() }
            logger.info("run goes on", metadata: ["run": "\(run)", "found": "\(found.rawValue)"])
        case .happened(let run, let event, _): note(event, of: run)
        case .ended(let run, let end): note(end, of: run)
        case .programMissing(let run):
            logger.error(
                "the program that a run began with cannot be had; a person must decide",
                metadata: ["run": "\(run)"])
        case .failed(let what, let error):
            metrics.add(.failures, [])
            if error.isFatal { standing.breakDown() }
            guard what != SupervisorEvent.signing || refusal.isNews(error) else { return }
            var metadata: Logger.Metadata = ["error": "\(error)"]
            if let help = error.help { metadata["help"] = "\(help)" }
            logger.error("cannot \(what)", metadata: metadata)
        case .signed(let size):
            refusal.forget()
            metrics.add(.checkpoints, [])
            logger.debug("log signed", metadata: ["size": "\(size)"])
        }
    }

    private func note(_ held: HeldBack) {
        metrics.add(.suppressed, ["reason", held.reason.rawValue])
        var metadata: Logger.Metadata = [
            "incident": "\(held.incident)", "rule": "\(held.rule)",
            "reason": "\(held.reason.rawValue)",
        ]
        if let target = held.target { metadata["target"] = "\(target)" }
        if let until = held.until { metadata["until"] = "\(until.rfc3339)" }
        logger.info("held back", metadata: metadata)
    }

    private func note(_ event: RunEvent, of run: String) {
        switch event {
        case .ended(let call, let attempt, let outcome):
            metrics.add(.calls, ["outcome", outcome.word])
            logger.info(
                "call ended",
                metadata: [
                    "run": "\(run)", "step": "\(call)", "attempt": "\(attempt)",
                    "outcome": "\(outcome.word)",
                ])
        case .approvalRequested(let step, let from, _, _):
            logger.notice(
                "run waits for approval",
                metadata: ["run": "\(run)", "step": "\(step)", "from": "\(from.from)"])
        case .personAsked(let call):
            logger.warning(
                "what became of a call is not known; a person must say",
                metadata: ["run": "\(run)", "step": "\(call)"])
        default: logger.trace("event", metadata: ["run": "\(run)", "event": "\(event)"])
        }
    }

    private func note(_ end: DriveEnd, of run: String) {
        switch end {
        case .finished(let result):
            metrics.add(.ended, ["status", result.status.rawValue])
            logger.info(
                "run ended",
                metadata: [
                    "run": "\(run)", "status": "\(result.status.rawValue)",
                    "reason": "\(result.reason ?? "")",
                ])
        case .parked(let reason):
            metrics.add(.parked, ["reason", reason])
            logger.info("run waits", metadata: ["run": "\(run)", "for": "\(reason)"])
        case .leaseLost:
            metrics.add(.lost, [])
            logger.warning("somebody else has the run", metadata: ["run": "\(run)"])
        case .stopped: logger.notice("run stopped; it goes on later", metadata: ["run": "\(run)"])
        }
    }
}

/// Why the log could not be signed, as it was told last: what is tried every second is told once.
private final class ToldRefusal: Sendable {
    private let told = Mutex<StoreError?>(nil)

    func isNews(_ error: StoreError) -> Bool {
        told.withLock { told in
            defer { told = error }
            return told != error
        }
    }

    func forget() { told.withLock { $0 = nil } }
}

extension ActionOutcome {
    /// `succeeded`, the failure's class, or `unknown`.
    fileprivate var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed(let failure, _, _): failure.rawValue
        case .lost: "unknown"
        }
    }
}
