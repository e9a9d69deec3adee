import BelayCompiler
import BelayEngine
import Logging

/// Gives the environment's anchors the newest checkpoint: at the start, every so often if there is a new one, and at
/// the end. A place that fails is asked again, ever more seldom, and nothing else waits for it.
actor Anchoring {
    private let keeper: any CheckpointKeeper
    private let world: any World
    private let log: DaemonLog
    private var anchors: [AnchorPlace: Standing] = [:]
    private var isFinishing = false

    /// How it stands with one anchor.
    private struct Standing {
        var every: Duration
        /// What it is shown.
        var token: AnchorToken?
        /// When it is asked next, on the clock that does not jump.
        var due: Duration
        /// In a row.
        var failures = 0
        var isForeign = false
        var isUnderWay = false
        /// What it has, as far as this process knows.
        var kept: SignedCheckpoint?
        var keptAt: Timestamp?
    }

    /// How often it looks whether an anchor is due.
    private static let tick: Duration = .seconds(1)

    init(keeper: any CheckpointKeeper, world: any World, log: DaemonLog) {
        self.keeper = keeper
        self.world = world
        self.log = log
    }

    /// Whether there is any anchor.
    var isNeeded: Bool { !anchors.isEmpty }

    /// Works until its task is cancelled or it is told to finish; `settings` is asked each time, so that a reload
    /// takes new anchors.
    func run(_ settings: @Sendable () -> [AnchorSetting]) async {
        while !isFinishing, !Task.isCancelled {
            adopt(settings())
            for (place, standing) in anchors
            where !standing.isUnderWay && standing.due <= world.uptime() {
                begin(place)
            }
            guard (try? await world.sleep(for: Self.tick)) != nil else { return }
        }
    }

    private func adopt(_ settings: [AnchorSetting]) {
        let now = world.uptime()
        let places = Set(settings.map(\.place))
        anchors = anchors.filter { places.contains($0.key) }
        for setting in settings {
            guard var standing = anchors[setting.place] else {
                anchors[setting.place] = Standing(
                    every: setting.every, token: setting.token, due: now)
                // An alarm on the first failure needs a figure before it.
                log.metrics.add(.anchorFailures, ["anchor", setting.place.name], by: 0)
                continue
            }
            standing.every = setting.every
            standing.token = setting.token
            standing.due = min(standing.due, now + setting.every)
            anchors[setting.place] = standing
        }
    }

    /// What failed is tried at once: a person has changed something.
    func tryAgain() {
        for (place, standing) in anchors where standing.failures > 0 {
            anchors[place]?.due = world.uptime()
        }
    }

    /// Gives each anchor the newest checkpoint a last time; returns when all have it or the time is over.
    func finish(within limit: Duration) async {
        isFinishing = true
        let deadline = world.uptime() + limit
        while anchors.values.contains(where: \.isUnderWay), world.uptime() < deadline {
            try? await world.sleep(for: .milliseconds(20))
        }
        let idle = anchors.filter { !$0.value.isUnderWay }.map(\.key)
        let last = idle.map { begin($0) }
        while anchors.values.contains(where: \.isUnderWay), world.uptime() < deadline {
            try? await world.sleep(for: .milliseconds(20))
        }
        for (place, _) in anchors.filter(\.value.isUnderWay) {
            log.logger.warning(
                "an anchor did not answer in time; the next start gives it the checkpoint",
                metadata: ["anchor": "\(place.name)"])
        }
        for task in last { task.cancel() }
    }

    // MARK: One anchor

    @discardableResult
    private func begin(_ place: AnchorPlace) -> Task<Void, Never> {
        anchors[place]?.isUnderWay = true
        let (keeper, token, kept) = (keeper, anchors[place]?.token, anchors[place]?.kept)
        return Task {
            do throws(AnchorFailure) {
                self.ended(place, try await keeper.keep(in: place, token: token, after: kept))
            } catch {
                self.failed(place, error)
            }
        }
    }

    private func ended(_ place: AnchorPlace, _ kept: KeptCheckpoint?) {
        guard var standing = anchors[place] else { return }
        standing.isUnderWay = false
        defer { anchors[place] = standing }
        guard let kept else {
            // Nothing is signed yet.
            standing.due = world.uptime() + Self.tick
            return
        }
        standing.due = world.uptime() + standing.every
        if standing.failures > 0 {
            log.logger.notice(
                "an anchor can be used again", metadata: ["anchor": "\(place.name)"])
        }
        if kept.isNew {
            log.metrics.add(.anchored, ["anchor", place.name])
            log.logger.info(
                "checkpoint anchored",
                metadata: [
                    "anchor": "\(place.name)", "records": "\(kept.signed.checkpoint.size)",
                ])
        }
        standing.failures = 0
        standing.isForeign = false
        standing.kept = kept.signed
        standing.keptAt = world.now()
    }

    private func failed(_ place: AnchorPlace, _ failure: AnchorFailure) {
        guard var standing = anchors[place] else { return }
        standing.isUnderWay = false
        standing.failures += 1
        standing.isForeign = failure.isForeign
        let wait = failure.isForeign ? standing.every : Self.wait(after: standing.failures)
        standing.due = world.uptime() + min(wait, standing.every)
        anchors[place] = standing
        log.metrics.add(.anchorFailures, ["anchor", place.name])
        var metadata: Logger.Metadata = [
            "anchor": "\(place.name)", "error": "\(failure.message)",
            "again": "\(min(wait, standing.every).text)",
        ]
        if let help = failure.help { metadata["help"] = "\(help)" }
        if failure.isForeign {
            log.logger.critical(
                "an anchor has a checkpoint that this journal does not continue; nothing there was changed",
                metadata: metadata)
        } else {
            log.logger.error("the checkpoint cannot be anchored", metadata: metadata)
        }
    }

    /// One second after the first failure in a row, then ever twice as long.
    private static func wait(after failures: Int) -> Duration {
        .seconds(1 << min(failures - 1, 20))
    }

    // MARK: Figures

    /// What is known of each anchor.
    var gauges: [Metrics.Gauge] {
        let sorted = anchors.sorted { $0.key.name < $1.key.name }
        func gauge(_ name: String, _ help: String, _ value: (Standing) -> Int) -> Metrics.Gauge {
            Metrics.Gauge(
                name: name, help: help,
                values: sorted.map { (["anchor", $0.key.name], value($0.value)) })
        }
        guard !sorted.isEmpty else { return [] }
        return [
            gauge(
                "belay_anchor_last_success_seconds",
                "When an anchor had the newest checkpoint last, in seconds since 1970; 0 for never."
            ) { Int(($0.keptAt?.microseconds ?? 0) / 1_000_000) },
            gauge("belay_anchor_size", "How many records the checkpoint in an anchor covers.") {
                Int($0.kept?.checkpoint.size ?? 0)
            },
            gauge(
                "belay_anchor_foreign",
                "Whether an anchor has a checkpoint that this journal does not continue."
            ) { $0.isForeign ? 1 : 0 },
        ]
    }
}
