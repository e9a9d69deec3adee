import Testing

@testable import BelayServer

/// The table of routes, the figures and the queue's count.
@Suite struct TableTests {
    private static func route(_ method: String, _ path: String) -> Route {
        Route(method, path, .read) { _, _ in APIAnswer(200, text: "") }
    }

    private let table = RouteTable(routes: [
        route("GET", "/v1/runs"), route("GET", "/v1/runs/:run"),
        route("POST", "/v1/runs/:run/deny"),
    ])

    @Test func partsMatchAndColonsTakeAny() throws {
        guard case .route(let route, let parameters) = table.find("GET", ["v1", "runs", "a"]) else {
            Issue.record("no route")
            return
        }
        #expect(route.name == "/v1/runs/:run" && parameters == ["run": "a"])
        guard case .otherMethods(["POST"]) = table.find("GET", ["v1", "runs", "a", "deny"]) else {
            Issue.record("the path exists for POST")
            return
        }
        guard case .nothing = table.find("GET", ["v1"]) else {
            Issue.record("there is no such path")
            return
        }
    }

    @Test func figuresAreInPrometheusForm() {
        let metrics = Metrics()
        metrics.add(.calls, ["outcome", "a \"b\"\n"], by: 2)
        metrics.request("/v1/runs", 200, took: .milliseconds(7))
        let lines = metrics.text([
            Metrics.Gauge(name: "belay_ready", help: "Ready.", values: [([], 1)])
        ]).split(separator: "\n")
        #expect(lines.contains(#"belay_calls_total{outcome="a \"b\"\n"} 2"#))
        #expect(
            lines.contains(#"belay_http_request_seconds_bucket{route="/v1/runs",le="0.005"} 0"#))
        #expect(lines.contains(#"belay_http_request_seconds_bucket{route="/v1/runs",le="0.01"} 1"#))
        #expect(lines.contains(#"belay_http_request_seconds_bucket{route="/v1/runs",le="+Inf"} 1"#))
        #expect(lines.contains("belay_ready 1"))
    }

    @Test func theQueueIsEmptyOnceAllIsDecided() {
        let backlog = Backlog()
        backlog.add(5)
        backlog.decided(2, all: false)
        #expect(backlog.value == 3)
        backlog.look()
        backlog.add(1)
        backlog.decided(2, all: true)
        #expect(backlog.value == 1, "what came after the look is not decided yet")
        backlog.waitForAPlace(2)
        backlog.foundAPlace()
        #expect(backlog.value == 2)
    }

    @Test func aTokenIsComparedWhole() async {
        #expect(Gate.bearer("Bearer abc") == "abc")
        #expect(Gate.bearer("bearer abc") == "abc")
        #expect(Gate.bearer("Basic abc") == nil)
        #expect(Gate.bearer(nil) == nil)
    }
}
