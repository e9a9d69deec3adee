package import BelayCompiler
import Crypto
import JSON

/// Takes incidents in and turns each into a decision and its runs, each step in one transaction.
package struct Admission: Sendable {
    let store: any Store
    let world: any World
    let decider: Decider
    let program: ProgramText

    package init(store: any Store, world: any World, decider: Decider, program: ProgramText) {
        self.store = store
        self.world = world
        self.decider = decider
        self.program = program
    }

    /// A run that was made for an incident and claimed for this boot.
    package struct NewRun: Sendable {
        package var context: RunContext
        package var lease: RunLease
        package var startedAt: Timestamp
        package var reservations: [Reservation]
    }

    /// What became of one incident.
    package struct Admitted: Sendable {
        package var decision: Decision
        package var runs: [NewRun]
    }

    /// Makes one delivery durable; the answer has one acceptance for each incident.
    package func accept(
        _ incidents: [Incident], from source: String, actor: RecordActor,
        rejected: [RejectedPart] = []
    ) async throws(StoreError) -> [Acceptance] {
        try await store.accept(
            AcceptedDelivery(
                source: source, actor: actor, incidents: incidents.map(NewIncident.init),
                rejected: rejected))
    }

    /// Decides an accepted incident under the limits of this moment; made again if they move meanwhile.
    package func decide(
        _ incident: Incident, id: String, actor: String, waited: Duration = .zero
    ) async throws(StoreError) -> Admitted {
        for _ in 0..<DriverBounds.decisions {
            do throws(StoreError) {
                return try await decideOnce(incident, id: id, actor: actor, waited: waited)
            } catch {
                guard case .limitsMoved = error else { throw error }
            }
        }
        throw .limitsMoved
    }

    private func decideOnce(
        _ incident: Incident, id: String, actor: String, waited: Duration
    ) async throws(StoreError) -> Admitted {
        let now = world.now()
        let snapshot = try await store.limits(committedSince: now - DriverBounds.ledgerHorizon)
        let decision = decider.decide(
            incident, at: now, limits: LimitState(snapshot), waited: waited)
        let contexts = decision.taken.map {
            Planner(decider).context(
                for: $0, incident, run: UUIDv7.make(at: now, random: world.randomBytes(10)),
                actor: actor)
        }
        var writes: [StoreWrite] = [.program(program)]
        writes += verdicts(decision, id)
        for (taken, context) in zip(decision.taken, contexts) {
            writes += creation(taken, context, id, at: now)
        }
        let receipt = try await store.commit(
            StoreTransaction(
                requires: [.limits(version: snapshot.version), .undecided(incident: id)], writes))
        let runs = zip(zip(decision.taken, contexts), receipt.leases).map { pair, lease in
            NewRun(
                context: pair.1, lease: lease, startedAt: now, reservations: pair.0.reservations)
        }
        return Admitted(decision: decision, runs: runs)
    }

    private func verdicts(_ decision: Decision, _ id: String) -> [StoreWrite] {
        var writes: [StoreWrite] = decision.taken.map {
            .record(
                RecordDraft(
                    .ruleMatched, incident: id, runbook: reference($0.rule),
                    rule: RecordText.code(from: $0.rule.name)))
        }
        for verdict in decision.verdicts {
            guard case .suppressed(let suppression, _) = verdict.outcome else { continue }
            writes.append(
                .record(
                    RecordDraft(
                        .ruleSuppressed, incident: id, rule: RecordText.code(from: verdict.rule),
                        reason: suppression.rawValue)))
        }
        if decision.taken.isEmpty {
            if decision.reason == FoldedIncident.noRule {
                writes.append(
                    .record(
                        RecordDraft(.ruleUnmatched, incident: id, reason: FoldedIncident.noRule)))
            }
            writes.append(.wakeIncident(id, at: decision.retryAt))
        }
        return writes
    }

    private func creation(
        _ taken: TakenRule, _ context: RunContext, _ id: String, at now: Timestamp
    ) -> [StoreWrite] {
        var created = EventRecord.draft(.started, run: context.run, at: now)
        created.incident = id
        created.rule = RecordText.code(from: taken.rule.name)
        created.runbook = reference(taken.rule)
        created.payloads.append(
            PayloadDraft(RunBeginning.name, RunBeginning(context).payload))
        var writes: [StoreWrite] = [.record(created)]
        writes += taken.reservations.map {
            .record(
                RecordDraft(
                    .limitReserved, run: context.run, target: $0.key, reason: $0.kind.rawValue))
        }
        return writes + [.claim(run: context.run, for: DriverBounds.lease)]
    }

    private func reference(_ rule: Rule) -> RunbookReference {
        RunbookReference(
            name: RecordText.name(from: rule.runbook.name), program: program.digest)
    }
}

extension NewIncident {
    /// An incident as it comes to the door.
    package init(_ incident: Incident) {
        var content = incident.json
        content["received_at"] = nil
        self.init(
            delivery: incident.id, fingerprint: incident.fingerprint,
            startedAt: incident.startedAt, resolvesProblem: incident.status == .resolved,
            content: SHA256.hash(JSONValue.object(content).canonicalBytes()),
            body: .object(incident.json))
    }
}
