import BelayCompiler

/// Judges one rule that is about to be taken against the ledger; pure.
///
/// In the order in which things are acquired: pauses, the group, the target, the limits. What changes nothing is
/// held back by its group and by a pause of everything only.
struct LimitJudge {
    let rule: Rule
    let environment: EnvironmentProgram
    let limits: LimitState
    let now: Timestamp
    let target: String?
    let cooldownKey: String?
    let group: String?
    /// The store's id of the incident and when its problem was first heard of.
    var incident = ""
    var receivedAt: Timestamp?
    /// The runs of the same problem, which cause no new incidents.
    var ownRuns: Set<String> = []

    /// What holds the rule back, and when to look again if that is worth while.
    struct Obstacle {
        var suppression: Suppression
        var until: Timestamp?

        init(_ suppression: Suppression, until: Timestamp? = nil) {
            self.suppression = suppression
            self.until = until
        }
    }

    /// What a rule is taken with.
    struct Judgement {
        var reservations: [Reservation] = []
        /// The run that it joins instead of having its own.
        var leader: String?
        var cause: RunCause?
    }

    func judge() -> Result<Judgement, Obstacle> {
        do throws(Obstacle) {
            try checkPauses()
            var judgement = Judgement()
            switch try concurrency() {
            case .join(let leader):
                judgement.leader = leader
                return .success(judgement)
            case .pass(let reservations): judgement.reservations += reservations
            }
            guard rule.changes else { return .success(judgement) }
            try checkTarget()
            judgement.reservations += try cooldown()
            judgement.cause = try cause()
            judgement.reservations += try blastRadius()
            judgement.reservations += try budgets()
            return .success(judgement)
        } catch {
            return .failure(error)
        }
    }

    /// When to look again at what ends at no known time.
    private var soon: Timestamp { now + Bounds.obstaclePoll }

    func checkPauses() throws(Obstacle) {
        for pause in limits.pauses where pause.isInForce(at: now) && covers(pause.scope) {
            // It may be lifted before its time.
            throw Obstacle(
                pause.isStorm ? .storm : .paused, until: min(pause.expires ?? soon, soon))
        }
    }

    private func covers(_ scope: Pause.Scope) -> Bool {
        switch scope {
        case .everything: true
        case .changes: rule.changes
        case .runbook(let name): rule.changes && name == rule.runbook.name
        case .target(let name): rule.changes && name == target
        case .provider: false
        }
    }

    private func checkTarget() throws(Obstacle) {
        if let target, limits.heldTargets[target] != nil {
            throw Obstacle(.targetHeld, until: soon)
        }
    }

    private func cooldown() throws(Obstacle) -> [Reservation] {
        guard let cooldown = rule.cooldown, let cooldownKey else { return [] }
        let all = entries(.cooldown, cooldownKey)
        let latest = all.filter { $0.phase == .committed }.map(\.at).max()
        if let latest, latest + cooldown.length > now {
            throw Obstacle(.cooldown, until: latest + cooldown.length)
        }
        // Another run is about to make the change that the cooldown counts from.
        if all.contains(where: { $0.phase == .reserved }) { throw Obstacle(.cooldown, until: soon) }
        return [Reservation(.cooldown, key: cooldownKey)]
    }

    private func entries(_ kind: Reservation.Kind, _ key: String) -> [LimitEntry] {
        limits.entries(kind.rawValue, key)
    }

    private func recent(_ kind: Reservation.Kind, _ per: Duration) -> [LimitEntry] {
        limits.entries(kind.rawValue, after: now - per)
    }
}

extension LimitJudge.Obstacle: Error {}

// MARK: - The group

extension LimitJudge {
    private enum Group {
        case pass([Reservation])
        case join(String)
    }

    private func concurrency() throws(Obstacle) -> Group {
        guard let concurrency = rule.concurrency, let group else { return .pass([]) }
        let queue = limits.entries(LimitState.queue, group)
        let own = queue.first { $0.run == incident }
        if let own, own.at + Bounds.queueTime <= now { throw Obstacle(.stale) }
        let holder = entries(.concurrency, group).first { $0.phase == .reserved }
        let isBehind = queue.contains { entry in
            entry.run != incident && own.map { entry.at < $0.at } ?? true
        }
        guard holder != nil || isBehind else {
            return .pass([Reservation(.concurrency, key: group)])
        }
        switch concurrency.onConflict {
        case .skip: throw Obstacle(.concurrency)
        case .join:
            if let holder, limits.groupRules[holder.run] == rule.recordName {
                return .join(holder.run)
            }
        case .queue: break
        }
        if own == nil, queue.count >= Bounds.queueLength { throw Obstacle(.queueFull) }
        throw Obstacle(.queued, until: (own?.at ?? now) + Bounds.queueTime)
    }
}

// MARK: - Own changes

extension LimitJudge {
    /// The own change that this incident follows; an obstacle if it is the third of such a series.
    private func cause() throws(Obstacle) -> RunCause? {
        guard let target, let receivedAt else { return nil }
        let change = limits.change(of: target, before: receivedAt)
        guard let change, !ownRuns.contains(change.run) else { return nil }
        let depth = (limits.depths[change.run] ?? 0) + 1
        guard depth < Bounds.causeDepth else { throw Obstacle(.loop) }
        return RunCause(run: change.run, depth: depth)
    }
}

// MARK: - Blast radius and budgets

extension LimitJudge {
    private func blastRadius() throws(Obstacle) -> [Reservation] {
        guard let radius = rule.blastRadius, let target else { return [] }
        let prefix = "\(rule.name)|"
        let recent = recent(.blastRadius, radius.per).filter { $0.key.hasPrefix(prefix) }
        var targets = Set(recent.map { String($0.key.dropFirst(prefix.count)) })
        targets.insert(target)
        if targets.count > (try bound(radius)) {
            throw Obstacle(.blastRadius, until: recent.map(\.at).min().map { $0 + radius.per })
        }
        return [Reservation(.blastRadius, key: prefix + target)]
    }

    /// An unknown population refuses; it never allows.
    private func bound(_ radius: BlastRadius) throws(Obstacle) -> Int {
        switch radius.bound {
        case .targets(let count): return count
        case .percent(let percent, let name):
            guard let population = environment.populations[name] else {
                throw Obstacle(.noPopulation)
            }
            return Int(Double(population) * percent / 100)
        }
    }

    private func budgets() throws(Obstacle) -> [Reservation] {
        var reservations = [Reservation(.runBudget, key: "runs")]
        let (runs, targets) = (environment.limits.runs, environment.limits.targets)
        if let full = full(.runBudget, runs.count, runs.per, { $0.run }) {
            throw Obstacle(.runBudget, until: full)
        }
        guard let target else { return reservations }
        if let full = full(.targetBudget, targets.count, targets.per, { $0.key }, besides: target) {
            throw Obstacle(.targetBudget, until: full)
        }
        reservations.append(Reservation(.targetBudget, key: target))
        return reservations
    }

    /// Until when a budget is used up by different runs or targets, nil if there is room; `besides` is one that
    /// counts once, whether it is among them or not.
    private func full(
        _ kind: Reservation.Kind, _ most: Int, _ per: Duration,
        _ name: (LimitEntry) -> String, besides own: String? = nil
    ) -> Timestamp? {
        // As long as there are fewer entries than that, it does not matter whether they differ.
        guard limits.count(kind.rawValue, after: now - per) >= most else { return nil }
        let recent = recent(kind, per)
        var others = Set(recent.map(name))
        if let own { others.remove(own) }
        guard others.count >= most else { return nil }
        return (recent.map(\.at).min() ?? now) + per
    }
}

/// The run whose change an incident follows, and which of a series it is, from one.
package struct RunCause: Sendable, Hashable {
    package var run: String
    package var depth: Int

    package init(run: String, depth: Int) {
        self.run = run
        self.depth = depth
    }
}
