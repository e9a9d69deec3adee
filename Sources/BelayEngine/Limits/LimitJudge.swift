import BelayCompiler

/// Judges one rule that is about to be taken against the ledger; pure.
struct LimitJudge {
    let rule: Rule
    let environment: EnvironmentProgram
    let limits: LimitState
    let now: Timestamp
    let target: String?
    let cooldownKey: String?
    let group: String?

    /// What holds the rule back, and when to look again if that is known.
    struct Obstacle {
        var suppression: Suppression
        var until: Timestamp?

        init(_ suppression: Suppression, until: Timestamp? = nil) {
            self.suppression = suppression
            self.until = until
        }
    }

    func judge() -> Result<[Reservation], Obstacle> {
        do throws(Obstacle) {
            try checkPauses()
            try checkTarget()
            var reservations: [Reservation] = []
            reservations += try cooldown()
            reservations += try concurrency()
            reservations += try blastRadius()
            reservations += try budgets()
            return .success(reservations)
        } catch {
            return .failure(error)
        }
    }

    private func checkPauses() throws(Obstacle) {
        for pause in limits.pauses where pause.expires.map({ $0 > now }) ?? true {
            switch pause.scope {
            case .everything, .runbook(rule.runbook.name):
                throw Obstacle(.paused, until: pause.expires)
            case .target(let name) where name == target:
                throw Obstacle(.paused, until: pause.expires)
            case .runbook, .target, .provider: continue
            }
        }
    }

    private func checkTarget() throws(Obstacle) {
        if let target, limits.heldTargets[target] != nil { throw Obstacle(.targetHeld) }
    }

    private func cooldown() throws(Obstacle) -> [Reservation] {
        guard let cooldown = rule.cooldown, let cooldownKey else { return [] }
        let latest = entries(.cooldown, cooldownKey).filter { $0.phase == .committed }.map(\.at)
            .max()
        if let latest, latest + cooldown.length > now {
            throw Obstacle(.cooldown, until: latest + cooldown.length)
        }
        return [Reservation(.cooldown, key: cooldownKey)]
    }

    private func concurrency() throws(Obstacle) -> [Reservation] {
        guard let group else { return [] }
        if entries(.concurrency, group).contains(where: { $0.phase == .reserved }) {
            throw Obstacle(.concurrency)
        }
        return [Reservation(.concurrency, key: group)]
    }

    private func blastRadius() throws(Obstacle) -> [Reservation] {
        guard let radius = rule.blastRadius, let target else { return [] }
        let prefix = "\(rule.name)|"
        let recent = limits.entries.filter {
            $0.kind == Reservation.Kind.blastRadius.rawValue && $0.key.hasPrefix(prefix)
                && $0.at + radius.per > now
        }
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
        guard rule.changes else { return [] }
        var reservations = [Reservation(.runBudget, key: "runs")]
        let runs = recent(.runBudget, environment.limits.runs.per)
        if Set(runs.map(\.run)).count >= environment.limits.runs.count {
            throw Obstacle(
                .runBudget, until: runs.map(\.at).min().map { $0 + environment.limits.runs.per })
        }
        guard let target else { return reservations }
        let changed = recent(.targetBudget, environment.limits.targets.per)
        var targets = Set(changed.map(\.key))
        targets.insert(target)
        if targets.count > environment.limits.targets.count {
            let first = changed.map(\.at).min()
            throw Obstacle(.targetBudget, until: first.map { $0 + environment.limits.targets.per })
        }
        reservations.append(Reservation(.targetBudget, key: target))
        return reservations
    }

    private func entries(_ kind: Reservation.Kind, _ key: String) -> [LimitEntry] {
        limits.entries.filter { $0.kind == kind.rawValue && $0.key == key }
    }

    private func recent(_ kind: Reservation.Kind, _ per: Duration) -> [LimitEntry] {
        limits.entries.filter { $0.kind == kind.rawValue && $0.at + per > now }
    }
}

extension LimitJudge.Obstacle: Error {}
