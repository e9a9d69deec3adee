import BelayCompiler
import JSON

/// Reads what the store knows of a problem: its reports, its runs, and what the source says to a run.
struct ProblemReader {
    let view: any StoreView

    /// The reason of a run that shares another's outcome.
    static func joined(_ leader: String) -> String { "joined:\(leader)" }

    static func leader(of run: RunRow) -> String? {
        guard run.phase == .waiting, let reason = run.reason, reason.hasPrefix("joined:") else {
            return nil
        }
        return String(reason.dropFirst("joined:".count))
    }

    private func rows(of incident: Incident, id: String) throws(StoreError) -> [IncidentRow] {
        var rows = try view.incidents(
            .reports(
                source: incident.source, fingerprint: incident.fingerprint,
                startedAt: incident.startedAt, most: Bounds.reports))
        if !rows.contains(where: { $0.id == id }), let row = try view.incident(id) {
            rows.append(row)
        }
        return rows
    }

    private func reports(_ rows: [IncidentRow]) -> [ProblemHistory.Report] {
        rows.compactMap { row in
            Incident(stored: row.body).map {
                ProblemHistory.Report(id: row.id, incident: $0, receivedAt: row.receivedAt)
            }
        }
    }

    /// An incident's row and all that is known of its problem. How a run ended is read only where a rule of the
    /// program asks for that.
    func reported(
        _ incident: Incident, id: String, in program: Program
    ) throws(StoreError) -> (row: IncidentRow, history: ProblemHistory) {
        let rows = try rows(of: incident, id: id)
        guard let row = rows.first(where: { $0.id == id }) else { throw .notFound(id) }
        var history = ProblemHistory(subject: id, reports: reports(rows))
        for report in history.reports {
            for row in try view.runs(RunFilter(incident: report.id)).reversed() {
                history.runs.append(try run(row, program))
            }
        }
        return (row, history)
    }

    private func run(
        _ row: RunRow, _ program: Program
    ) throws(StoreError) -> ProblemHistory.Run {
        let names = row.rule.split(separator: "#", maxSplits: 1).map(String.init)
        var run = ProblemHistory.Run(
            id: row.id, incident: row.incident,
            rule: "\(row.runbook.name)/\(names.first ?? row.rule)",
            part: names.count > 1 ? names[1] : nil,
            status: row.phase.isFinal ? RunResult.Status(rawValue: row.phase.rawValue) : nil,
            leader: Self.leader(of: row))
        guard run.status != nil, run.part == nil,
            let rule = program.rules.first(where: { $0.recordName == run.rule }),
            rule.again != nil || !rule.afterResolve.isEmpty
        else { return run }
        let state = try? EventRecord.state(of: try view.events(ofRun: row.id))
        run.endedAt = state?.clock
        run.hasChanged = state?.hasChanged ?? false
        return run
    }

    /// What the source says to a run: that its problem is over only if that holds for every incident that joined it.
    func notices(
        for run: String, _ incident: Incident, incidentID: String, rule: String
    ) throws(StoreError) -> Set<IncidentStatus> {
        let own = ProblemHistory(reports: reports(try rows(of: incident, id: incidentID)))
        var notices: Set<IncidentStatus> = []
        if own.isAcknowledged(incident) { notices.insert(.acknowledged) }
        guard own.isOver(incident) else { return notices }
        for member in try members(of: run, rule: rule) {
            guard let row = try view.incident(member.incident),
                let incident = Incident(stored: row.body)
            else { continue }
            let history = ProblemHistory(reports: reports(try rows(of: incident, id: row.id)))
            guard history.isOver(incident) else { return notices }
        }
        notices.insert(.resolved)
        return notices
    }

    /// The runs that share the outcome of another.
    func members(of run: String, rule: String) throws(StoreError) -> [RunRow] {
        let filter = RunFilter(phases: [.waiting], rule: rule, limit: 100_000)
        return try view.runs(filter).filter { $0.reason == Self.joined(run) }
    }

    /// How many incidents in a row own changes had caused when a run began, its own included.
    func depth(of run: String) throws(StoreError) -> Int {
        let query = RecordQuery(limit: 1, run: run, kinds: [.runCreated])
        let created = try view.records(query).first
        return created?[payload: RunBeginning.name].flatMap(RunBeginning.init)?.cause?.depth ?? 0
    }
}
