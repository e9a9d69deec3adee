import CEL

/// The eight conditions of the benchmark.
enum Conditions {
    static let all: [(name: String, source: String, goal: Double)] = [
        (
            "C1",
            #"incident.priority in ["critical","high"] && incident.service.startsWith("auth") && incident.metrics.error_rate > 0.05"#,
            300
        ),
        ("C2", #"incident.labels.exists(l, l == "oom")"#, 800),
        ("C3", #"now - incident.started_at > duration("10m")"#, 250),
        ("C4", #"incident.title.matches("(?i)out of memory|OOMKilled")"#, 300),
        (
            "C5",
            #"has(incident.annotations.runbook) && incident.annotations["team"] == "platform" && !("silenced" in incident.annotations)"#,
            300
        ),
        (
            "C6",
            #"incident.hosts.filter(h, h.cpu > 0.9).size() >= 2 && incident.hosts.all(h, h.zone.startsWith("eu-"))"#,
            2500
        ),
        (
            "C7",
            #"(incident.metrics.requests > 0 ? incident.metrics.errors / incident.metrics.requests : 0) > 5 || incident.metrics.errors * 2 + 10 > 100"#,
            300
        ),
        ("C8", #"incident.severity == "SEV1""#, 100),
    ]

    static let environment = CELEnvironment(
        variables: [("incident", .map(.string, .dyn)), ("now", .timestamp)],
        numericComparisons: .cross)

    /// One incident of twelve fields: 7 labels, 3 annotations, 6 hosts, an 80-byte title.
    static func activation() -> CELActivation {
        var activation = CELActivation(environment)
        activation.bind("incident", incident)
        activation.bind("now", .timestamp(moment("2026-03-01T02:00:00Z")))
        return activation
    }

    private static func moment(_ text: String) -> CELTimestamp {
        guard let moment = CELTimestamp(text) else { preconditionFailure("a moment") }
        return moment
    }

    private static var incident: CELValue {
        let labels = ["env", "region", "cluster", "namespace", "pod", "tier", "oom"]
        let hosts: [CELValue] = (0..<6).map { i in
            .map([
                "name": .string("host-\(i)"), "cpu": .double(i < 2 ? 0.95 : 0.4),
                "zone": .string("eu-west-\(i % 3)"),
            ])
        }
        let title =
            "pod checkout-7d9f in namespace shop was OOMKilled after 3 restarts in 10 minutes"
        return .map([
            "id": .string("INC-1042"), "severity": .string("SEV1"), "priority": .string("high"),
            "service": .string("auth-service-production"),
            "title": .string(title.padded(to: 80)),
            "labels": .list(labels.map { .string($0) }),
            "annotations": .map([
                "runbook": .string("https://wiki.example.com/runbooks/oom"),
                "team": .string("platform"), "summary": .string("memory pressure"),
            ]),
            "metrics": .map([
                "error_rate": .double(0.12), "errors": .int(240), "requests": .int(2000),
            ]),
            "hosts": .list(hosts), "started_at": .timestamp(moment("2026-03-01T01:30:00Z")),
            "status": .string("firing"), "target": .string("checkout"),
        ])
    }
}

extension String {
    /// The text cut or filled with dots to that many characters.
    fileprivate func padded(to count: Int) -> String {
        String((self + String(repeating: ".", count: count)).prefix(count))
    }
}
