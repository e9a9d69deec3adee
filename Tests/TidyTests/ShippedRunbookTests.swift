import BelayCompiler
import BelayEngine
import BelayProviders
import Foundation
import JSON
import Testing

/// Every rule that is shipped can be carried out in every environment that is shipped.
@Suite struct ShippedRunbookTests {
    /// One incident for each rule.
    private static let incidents: [(rule: String, incident: JSONObject)] = [
        ("cache-memory-pressure", ["type": "RedisMemoryHigh", "target": "cache"]),
        (
            "api-latency",
            [
                "type": "ApiLatencyHigh", "service": "api", "target": "api",
                "metrics": ["latency_p99": 2.5],
            ]
        ),
        (
            "auth-announce",
            [
                "type": "AuthServiceDown", "target": "auth-service",
                "details": ["dependents": ["api"]],
            ]
        ),
        ("auth-failing", ["type": "AuthServiceDown", "target": "auth-service"]),
        (
            "database-connections",
            [
                "type": "DatabaseConnectionsExhausted", "target": "database",
                "metrics": ["connections_percent": 99.0],
            ]
        ),
        ("everything-else", ["type": "SomethingElse"]),
    ]

    /// Targets that the functions of an incident backend know (deploy/ has them); another is an error there.
    private static let known = [
        "restart_service": ["api", "auth-service"], "clear_cache": ["cache"],
        "scale_up": ["database", "api", "cache"], "scale_down": ["database", "api", "cache"],
    ]

    private static func program() throws -> Program {
        let files = try Repository.files(below: "runbooks", ending: ".yaml").map {
            SourceFile(path: $0, text: try Repository.text($0))
        }
        let compilation = Compiler.compile(files, catalogue: BuiltinActions.catalogue)
        return try #require(compilation.program)
    }

    private static func incident(_ more: JSONObject) throws -> Incident {
        var value: JSONObject = [
            "id": "INC-1", "priority": "critical", "started_at": "2026-03-02T10:00:00Z",
        ]
        for member in more { value[member.name] = member.value }
        let now = try #require(Timestamp(rfc3339: "2026-03-02T10:00:01Z"))
        let source = try #require(BuiltinSources.all.first { $0.name == "belay" })
        let decoded = source.decode(Delivery(document: .object(value), receivedAt: now))
        return try #require(decoded.first).get()
    }

    @Test(arguments: ["simulated", "local", "lambda", "aws"])
    func everyRuleCanBePlanned(_ name: String) throws {
        let program = try Self.program()
        let environment = try #require(program.environments[name])
        #expect(environment.path != nil, "\(name) is not shipped")
        let variables = JSONObject(
            environment.variables.map { ($0, .string($0 == "REDIS_PORT" ? "6379" : "x")) })
        let decider = Decider(program: program, environment: environment, variables: variables)
        var planned: Set<String> = []
        for (rule, more) in Self.incidents {
            let incident = try Self.incident(more)
            let plan = Planner(decider).plan(
                incident, decider.decide(incident, at: incident.receivedAt),
                at: incident.receivedAt)
            #expect(plan.runs.contains { $0.rule == rule }, "\(rule) is not taken in \(name)")
            for run in plan.runs {
                planned.insert(run.rule)
                let calls =
                    (run.steps + run.onFailure).flatMap(\.calls)
                    + [run.until?.call].compactMap { $0 }
                #expect(!calls.isEmpty)
                for call in calls {
                    let place = "\(run.rule) in \(name): \(call.action)"
                    #expect(call.provider != nil, "\(place) is not bound")
                    #expect(call.problem == nil, "\(place): \(call.problem ?? "")")
                    guard let targets = Self.known[call.action],
                        case .known(.string(let target))? = call.inputs.first(where: {
                            $0.name == "target"
                        })?.value
                    else { continue }
                    #expect(targets.contains(target), "\(place) of \(target): no function does it")
                }
            }
        }
        #expect(planned == Set(program.rules.map(\.id)))
    }

    @Test func theFunctionsKnowTheseTargets() throws {
        let text = try Repository.text("Sources/BelayProviders/Functions/FunctionHandler.swift")
        for target in Set(Self.known.values.joined()) {
            #expect(text.contains("\"\(target)\""), "the functions do not know \(target)")
        }
    }
}
