package import BelayCompiler

/// What is known of a problem (source and fingerprint) when one of its reports is decided: all reports, all runs.
package struct ProblemHistory: Sendable {
    /// One report of the problem: it fires, is acknowledged, or is over.
    package struct Report: Sendable {
        /// The store's id of the incident.
        package var id: String
        package var incident: Incident
        /// When it came, by our clock.
        package var receivedAt: Timestamp

        package init(id: String, incident: Incident, receivedAt: Timestamp) {
            self.id = id
            self.incident = incident
            self.receivedAt = receivedAt
        }
    }

    /// One run that a report of the problem began or joined.
    package struct Run: Sendable {
        package var id: String
        /// The store's id of the incident that it is for.
        package var incident: String
        /// `runbook/rule`, the rule as records have it, without its part.
        package var rule: String
        /// Nil for the rule's remedy, else the part's code.
        package var part: String?
        package var status: RunResult.Status?
        package var endedAt: Timestamp?
        /// Whether it may have changed something.
        package var hasChanged: Bool
        /// The run that it has joined.
        package var leader: String?

        package init(
            id: String, incident: String, rule: String, part: String? = nil,
            status: RunResult.Status? = nil, endedAt: Timestamp? = nil, hasChanged: Bool = false,
            leader: String? = nil
        ) {
            self.id = id
            self.incident = incident
            self.rule = rule
            self.part = part
            self.status = status
            self.endedAt = endedAt
            self.hasChanged = hasChanged
            self.leader = leader
        }
    }

    /// The store's id of the report that is decided.
    package var subject: String
    package var reports: [Report]
    package var runs: [Run]

    package init(subject: String = "", reports: [Report] = [], runs: [Run] = []) {
        self.subject = subject
        self.reports = reports
        self.runs = runs
    }
}

extension ProblemHistory {
    /// Whether the source has said that this is over, however the two were ordered on their way.
    package func isOver(_ incident: Incident) -> Bool {
        reports.contains { $0.incident.ends(incident) }
    }

    package func isAcknowledged(_ incident: Incident) -> Bool {
        reports.contains {
            $0.incident.status == .acknowledged && $0.incident.isAbout(incident)
        }
    }

    /// When the problem with this start was first heard of.
    package func firstReceived(_ incident: Incident) -> Timestamp? {
        reports.filter {
            $0.incident.status == .firing && $0.incident.startedAt == incident.startedAt
        }.map(\.receivedAt).min()
    }

    /// The runs that a rule has had for the problem with this start, by part.
    func runs(of rule: Rule, part: String?, for incident: Incident) -> [Run] {
        let name = rule.recordName
        return runs.filter { run in
            run.rule == name && run.part == part
                && reports.contains {
                    $0.id == run.incident && $0.incident.startedAt == incident.startedAt
                }
        }
    }

    /// All runs for the problem with this start: an earlier problem of the same fingerprint is another.
    func runIDs(for incident: Incident) -> Set<String> {
        Set(
            runs.filter { report($0.incident)?.incident.startedAt == incident.startedAt }
                .map(\.id))
    }

    func report(_ id: String) -> Report? { reports.first { $0.id == id } }

    /// Runs under way whose problem this notice ends or is about.
    package func open(concerning notice: Incident) -> [Run] {
        runs.filter { run in
            guard run.status == nil, run.part == nil, let report = report(run.incident) else {
                return false
            }
            return notice.status == .resolved
                ? notice.ends(report.incident) : notice.isAbout(report.incident)
        }
    }
}

extension Incident {
    /// Whether this is the source's word that the other is over: they have the same start, or it ended after the
    /// other began.
    func ends(_ other: Incident) -> Bool { status == .resolved && isAbout(other) }

    /// Whether what a notice says holds for a problem that began when the other did.
    func isAbout(_ other: Incident) -> Bool {
        startedAt >= other.startedAt || (resolvedAt ?? receivedAt) > other.startedAt
    }
}

extension Rule {
    /// `runbook/rule` as records write it.
    package var recordName: String { "\(runbook.name)/\(RecordText.code(from: id))" }
}
