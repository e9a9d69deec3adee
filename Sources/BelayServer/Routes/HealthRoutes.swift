import BelayCompiler
import BelayEngine
import Cryptography
import JSON

/// What load balancers, supervisors of processes and Prometheus ask.
struct HealthRoutes: Sendable {
    let store: any Store
    let supervisor: Supervisor
    let standing: Standing
    let backlog: Backlog
    let metrics: Metrics
    let anchoring: Anchoring

    var routes: [Route] {
        [
            Route("GET", "/healthz", .open) { _, _ in APIAnswer(200, text: "ok\n") },
            Route("GET", "/readyz", .open) { _, _ in
                guard let obstacle = standing.obstacle else {
                    return APIAnswer(200, text: "ready\n")
                }
                return APIAnswer(503, text: obstacle + "\n")
            },
            Route("GET", "/metrics", .open) { _, _ in
                APIAnswer(
                    200, text: metrics.text(await gauges),
                    as: "text/plain; version=0.0.4; charset=utf-8")
            },
        ]
    }

    private var gauges: [Metrics.Gauge] {
        get async {
            let program = supervisor.program
            var waiting: [String: Int] = [:]
            let runs = try? await store.runs(RunFilter(phases: [.waiting], limit: 10_000))
            for run in runs ?? [] { waiting[run.reason ?? "", default: 0] += 1 }
            return [
                Metrics.Gauge(
                    name: "belay_runs_in_flight", help: "Runs driven now.",
                    values: [([], await supervisor.inFlight)]),
                Metrics.Gauge(
                    name: "belay_runs_waiting", help: "Runs that wait, by what for.",
                    values: waiting.sorted { $0.key < $1.key }.map {
                        (["reason", $0.key], $0.value)
                    }),
                Metrics.Gauge(
                    name: "belay_incidents_waiting",
                    help: "Incidents that wait for a decision or a place.",
                    values: [([], backlog.value)]),
                Metrics.Gauge(
                    name: "belay_program_info", help: "The program in force.",
                    values: [
                        (
                            [
                                "digest", String(program.sources.digest.hex.prefix(12)),
                                "environment", program.environment.name,
                            ], 1
                        )
                    ]),
                Metrics.Gauge(
                    name: "belay_ready", help: "Whether incidents are taken in.",
                    values: [([], standing.obstacle == nil ? 1 : 0)]),
            ] + (await anchoring.gauges)
        }
    }
}
