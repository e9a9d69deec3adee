package import BelayCompiler
import JSON

/// All that follows from deciding a report of a problem: runs of rules and of their parts, what waits, until when.
package struct Disposition: Sendable {
    /// A run of a rule's part.
    package struct Part: Sendable {
        package var rule: Rule
        package var part: RunPart
        /// The store's id of the incident that it is for.
        package var incident: String
        package var target: String?
        package var mode: Mode
        package var reservations: [Reservation] = []
        /// The run that led to it.
        package var causedBy: String?
    }

    package var decision: Decision
    package var parts: [Part] = []
    /// When to decide it again by itself.
    package var wakeAt: Timestamp?
}

extension Decider {
    /// Decides a report and says what follows: the remedies, who is told that one is held back, and what is put
    /// back after the source has resolved. Pure.
    package func dispose(
        _ incident: Incident, at now: Timestamp, limits: LimitState, history: ProblemHistory
    ) -> Disposition {
        let decision = decide(incident, at: now, limits: limits, history: history)
        var disposition = Disposition(decision: decision)
        disposition.wakeAt = retry(decision, incident, history)
        tell(incident, now, limits, history, &disposition)
        putBack(now, limits, history, &disposition)
        return disposition
    }

    private func retry(
        _ decision: Decision, _ incident: Incident, _ history: ProblemHistory
    ) -> Timestamp? {
        guard let wake = decision.retryAt else { return nil }
        let isRepetition = decision.verdicts.contains {
            if case .suppressed(.alreadyHandled, .some) = $0.outcome { true } else { false }
        }
        let heard = history.firstReceived(incident) ?? wake
        return isRepetition || heard + Bounds.retryHorizon > wake ? wake : nil
    }

    // MARK: What is held back

    private func tell(
        _ incident: Incident, _ now: Timestamp, _ limits: LimitState, _ history: ProblemHistory,
        _ disposition: inout Disposition
    ) {
        let isSilenced = limits.pauses.contains {
            $0.scope == .everything && $0.isInForce(at: now)
        }
        guard !isSilenced, environment.mode != .observe else { return }
        for verdict in disposition.decision.verdicts {
            guard case .suppressed(let why, _) = verdict.outcome, why.isToldAbout else { continue }
            let rule = program.rules[verdict.place]
            guard rule.mode != .observe else { continue }
            if !rule.onSuppressed.isEmpty {
                let part = RunPart.suppressed(why)
                guard history.runs(of: rule, part: part.code, for: incident).isEmpty else {
                    continue
                }
                disposition.parts.append(
                    .init(
                        rule: rule, part: part, incident: history.subject,
                        target: target(of: rule, incident, at: now), mode: .auto))
            } else if why.isAlarming {
                alarm(why, rule, incident, history, &disposition)
            }
        }
    }

    private func alarm(
        _ why: Suppression, _ rule: Rule, _ incident: Incident, _ history: ProblemHistory,
        _ disposition: inout Disposition
    ) {
        let notice = EngineNotice(
            kind: why.rawValue,
            message:
                "\(rule.name) is held back (\(why.rawValue)) for \(incident.type) on \(incident.target ?? "nothing")"
        )
        guard let rule = environment.rule(telling: notice),
            history.runs(of: rule, part: "notice", for: incident).isEmpty
        else { return }
        disposition.parts.append(
            .init(
                rule: rule, part: .notice(notice), incident: history.subject,
                target: incident.target, mode: .auto))
    }

    // MARK: After the source has resolved

    /// `after_resolve` of every rule whose run has ended, may have changed something, and whose problem is over:
    /// once.
    private func putBack(
        _ now: Timestamp, _ limits: LimitState, _ history: ProblemHistory,
        _ disposition: inout Disposition
    ) {
        for run in history.runs where run.part == nil && run.status != nil && run.hasChanged {
            guard let report = history.report(run.incident), history.isOver(report.incident),
                let rule = program.rules.first(where: { $0.recordName == run.rule }),
                !rule.afterResolve.isEmpty,
                history.runs(of: rule, part: RunPart.afterResolve.code, for: report.incident)
                    .isEmpty,
                !disposition.parts.contains(where: {
                    $0.part == .afterResolve && $0.rule.name == rule.name
                        && $0.incident == run.incident
                })
            else { continue }
            let target = target(of: rule, report.incident, at: now)
            let judge = LimitJudge(
                rule: rule, environment: environment, limits: limits, now: now, target: target,
                cooldownKey: nil, group: nil)
            do throws(LimitJudge.Obstacle) {
                try judge.checkPauses()
            } catch {
                disposition.wakeAt = [disposition.wakeAt, error.until].compactMap { $0 }.min()
                continue
            }
            disposition.parts.append(
                .init(
                    rule: rule, part: .afterResolve, incident: run.incident, target: target,
                    mode: min(rule.mode, environment.mode),
                    reservations: [Reservation(.runBudget, key: "runs")]
                        + (target.map { [Reservation(.targetBudget, key: $0)] } ?? []),
                    causedBy: run.id))
        }
    }

    private func target(of rule: Rule, _ incident: Incident, at now: Timestamp) -> String? {
        guard case .success(let value) = rule.target.render(in: scope(of: rule, incident, at: now))
        else { return nil }
        let text = value.plainValue?.stringValue ?? ""
        return text.isEmpty ? nil : text
    }
}
