import BelayCompiler

/// Runs that go on only by a person's word: people must hear of them.
extension Dispatcher {
    /// Tells people, once for each question, that a run waits for a person: the run that tells them, nil where there
    /// is nothing to tell or the environment names nobody.
    package func tellOfWaiting(_ id: String) async throws(StoreError) -> Begun? {
        let now = world.now()
        let answer = try await store.decide { view throws(StoreError) in
            let batch = try self.telling(of: id, view, at: now)
            return StoreProposal(StoreTransaction(batch?.writes ?? []), batch?.claimed ?? [])
        }
        return answer.value.begun(answer.receipt).first
    }

    private func telling(
        of id: String, _ view: any StoreView, at now: Timestamp
    ) throws(StoreError) -> DispatchBatch? {
        guard let run = try view.run(id), run.phase == .waiting,
            !run.rule.hasSuffix(Self.noticeSuffix),
            let (notice, asked) = try question(of: run, view),
            let rule = decider.environment.rule(telling: notice),
            try isNew(asked, about: run, view), let row = try view.incident(run.incident),
            let incident = Incident(stored: row.body)
        else { return nil }
        return telling(notice, by: rule, of: incident, row, at: now, causedBy: run.id)
    }

    /// What begins the run that tells people something, on an incident.
    func telling(
        _ notice: EngineNotice, by rule: Rule, of incident: Incident, _ row: IncidentRow,
        at now: Timestamp, causedBy: String? = nil
    ) -> DispatchBatch {
        var batch = DispatchBatch(
            dispatcher: self, incident: incident, row: row, history: ProblemHistory(),
            limits: LimitState(), now: now)
        batch.begin(
            .init(
                rule: rule, part: .notice(notice), incident: row.id, target: incident.target,
                mode: .auto, causedBy: causedBy))
        return batch
    }

    /// The reasons for which only a person lets a run go on.
    package static let personReasons = ["person", stuck, programless]
    /// The reason of a run that lost its process too often.
    package static let stuck = "stuck"
    /// The reason of a run whose program can be neither found nor read any more.
    static let programless = "program"
    private static let noticeSuffix = "#notice"

    /// What a run asks people, and since when.
    private func question(
        of run: RunRow, _ view: any StoreView
    ) throws(StoreError) -> (EngineNotice, asked: Timestamp)? {
        guard let reason = run.reason, Self.personReasons.contains(reason) else { return nil }
        let records = try view.events(ofRun: run.id)
        guard let state = try? EventRecord.state(of: records) else { return nil }
        let name = "run \(run.id) of \(run.runbook.name)/\(run.rule)"
        let steps = RunStanding.unknown(state)
        if let asked = steps.compactMap({ state.calls[$0]?.personAskedAt }).max() {
            let orders = steps.map { "belay resolve \(run.id) \($0) succeeded|failed|retry" }
            return (
                EngineNotice(
                    kind: "stuck",
                    message: "\(name) waits: nobody knows what became of "
                        + "\(steps.joined(separator: ", ")). Look, then say: "
                        + orders.joined(separator: "; ")),
                asked
            )
        }
        guard let last = records.last?.record.at else { return nil }
        if reason == Self.programless {
            return (
                EngineNotice(
                    kind: "stuck",
                    message:
                        "\(name) waits: its program can be neither found nor read. Look at what it has "
                        + "done, then say: belay cancel \(run.id)"),
                last
            )
        }
        guard reason == Self.stuck else { return nil }
        return (
            EngineNotice(
                kind: "stuck",
                message: "\(name) lost its process more than \(Bounds.recoveries) times without a "
                    + "result and waits. Look at it, then say: belay resolve \(run.id) "
                    + "\(RunInput.wholeRun) retry|succeeded|failed; or belay cancel \(run.id)"),
            last
        )
    }

    /// Whether nobody has been told since.
    private func isNew(
        _ asked: Timestamp, about run: RunRow, _ view: any StoreView
    ) throws(StoreError) -> Bool {
        let query = RecordQuery(
            limit: 1000, incident: run.incident, kinds: [.runCreated], withPayloads: false)
        return try view.records(query).allSatisfy { stored in
            let isNotice = stored.record.rule?.hasSuffix(Self.noticeSuffix) ?? false
            return !isNotice || stored.record.causedBy != run.id || stored.record.at < asked
        }
    }
}
