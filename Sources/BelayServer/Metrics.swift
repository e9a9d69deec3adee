import Synchronization

/// The figures of a process, in Prometheus' text form.
final class Metrics: Sendable {
    /// A counter by name, with what it counts.
    enum Counter: String, CaseIterable {
        case incidents = "belay_incidents_total"
        case rejected = "belay_incident_parts_rejected_total"
        case requests = "belay_http_requests_total"
        case denied = "belay_auth_denied_total"
        case decided = "belay_incidents_decided_total"
        case suppressed = "belay_suppressed_total"
        case begun = "belay_runs_started_total"
        case resumed = "belay_runs_resumed_total"
        case ended = "belay_runs_finished_total"
        case parked = "belay_runs_parked_total"
        case lost = "belay_runs_leases_lost_total"
        case calls = "belay_calls_total"
        case reloads = "belay_program_reloads_total"
        case failures = "belay_store_failures_total"
        case checkpoints = "belay_checkpoints_total"
        case anchored = "belay_anchored_checkpoints_total"
        case anchorFailures = "belay_anchor_failures_total"

        var help: String {
            switch self {
            case .incidents: "Incidents taken in, by source and by what became of them at the door."
            case .rejected: "Parts of deliveries that could not be read, by source."
            case .requests: "Requests answered, by route and status."
            case .denied: "Requests without a right token."
            case .decided: "Decisions made on incidents."
            case .suppressed: "Rules that matched an incident and were held back, by reason."
            case .begun: "Runs begun."
            case .resumed:
                "Runs carried on after a wait or a loss, by the state they were found in."
            case .ended: "Runs that ended, by how."
            case .parked: "Runs put aside, by what they wait for."
            case .lost: "Runs whose lease somebody else took."
            case .calls: "Attempts that ended, by outcome."
            case .reloads: "Attempts to load the program, by outcome."
            case .failures: "Times the store refused."
            case .checkpoints: "Checkpoints signed."
            case .anchored: "Checkpoints put into an anchor, by anchor."
            case .anchorFailures:
                "Times a checkpoint could not be kept in an anchor, or the anchor has another."
            }
        }
    }

    private struct Key: Hashable {
        var counter: Counter
        var labels: [String]
    }

    private struct State {
        var counts: [Key: Int] = [:]
        /// By route: how often within each bound, and the sum in seconds.
        var times: [String: (buckets: [Int], count: Int, sum: Double)] = [:]
    }

    private static let bounds: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
    private let state = Mutex(State())

    /// Counts; labels are names and values in turn.
    func add(_ counter: Counter, _ labels: [String], by count: Int = 1) {
        state.withLock { $0.counts[Key(counter: counter, labels: labels), default: 0] += count }
    }

    func request(_ route: String, _ status: Int, took time: Duration) {
        let parts = time.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        state.withLock { state in
            let key = Key(counter: .requests, labels: ["route", route, "status", "\(status)"])
            state.counts[key, default: 0] += 1
            var times =
                state.times[route]
                ?? (buckets: Array(repeating: 0, count: Self.bounds.count), count: 0, sum: 0)
            for (place, bound) in Self.bounds.enumerated() where seconds <= bound {
                times.buckets[place] += 1
            }
            times.count += 1
            times.sum += seconds
            state.times[route] = times
        }
    }

    /// A figure that is read when asked for.
    struct Gauge {
        var name: String
        var help: String
        var values: [(labels: [String], value: Int)]
    }

    func text(_ gauges: [Gauge]) -> String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        for counter in Counter.allCases {
            lines.append("# HELP \(counter.rawValue) \(counter.help)")
            lines.append("# TYPE \(counter.rawValue) counter")
            let found = state.counts.filter { $0.key.counter == counter }
            if found.isEmpty, counter == .denied || counter == .decided || counter == .begun {
                lines.append("\(counter.rawValue) 0")
            }
            for (key, count) in found.sorted(by: {
                $0.key.labels.lexicographicallyPrecedes($1.key.labels)
            }) {
                lines.append("\(counter.rawValue)\(Self.labels(key.labels)) \(count)")
            }
        }
        lines += times(state.times)
        for gauge in gauges {
            lines.append("# HELP \(gauge.name) \(gauge.help)")
            lines.append("# TYPE \(gauge.name) gauge")
            for (labels, value) in gauge.values {
                lines.append("\(gauge.name)\(Self.labels(labels)) \(value)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func times(
        _ times: [String: (buckets: [Int], count: Int, sum: Double)]
    ) -> [String] {
        let name = "belay_http_request_seconds"
        var lines = ["# HELP \(name) How long answers took.", "# TYPE \(name) histogram"]
        for (route, time) in times.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(Self.bounds, time.buckets) {
                lines.append(
                    "\(name)_bucket\(Self.labels(["route", route, "le", "\(bound)"])) \(count)")
            }
            lines.append(
                "\(name)_bucket\(Self.labels(["route", route, "le", "+Inf"])) \(time.count)")
            lines.append("\(name)_sum\(Self.labels(["route", route])) \(time.sum)")
            lines.append("\(name)_count\(Self.labels(["route", route])) \(time.count)")
        }
        return lines
    }

    private static func labels(_ labels: [String]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = stride(from: 0, to: labels.count - 1, by: 2).map { place in
            let value = labels[place + 1].replacing("\\", with: "\\\\")
                .replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(labels[place])=\"\(value)\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }
}
