import BelayCompiler
import BelayEngine
package import JSON

/// Does the work of the four functions of an incident backend: one invocation in, one answer out
/// (providers.md, section 1).
///
/// The tables that those functions hold in code stand here: target to service, priority to size.
package struct FunctionHandler: Sendable {
    private let tools: ProviderTools

    package init(tools: ProviderTools) { self.tools = tools }

    /// `{"statusCode": 200, "body": "<JSON text>"}`, or 500 with `message`, `error` and `incidentId`.
    package func answer(to payload: JSONValue, key: String, timeout: Duration) async -> JSONValue {
        let incident = payload["incidentId"] ?? .null
        let outcome: ActionOutcome
        do throws(Refusal) {
            let work = try work(payload)
            outcome = await perform(work, payload, key, timeout)
        } catch {
            outcome = error.outcome
        }
        switch outcome {
        case .succeeded(let output):
            var body = output.objectValue ?? [:]
            body["message"] = .string("\(payload["action"]?.stringValue ?? "action") done")
            body["incidentId"] = incident
            return FunctionHandler.response(200, body)
        case .failed(let kind, _, let message), .lost(let kind, let message):
            return FunctionHandler.response(
                500,
                [
                    "message": .string(message), "error": .string(kind.rawValue),
                    "incidentId": incident,
                ])
        }
    }

    private static func response(_ status: Int64, _ body: JSONObject) -> JSONValue {
        ["statusCode": .integer(status), "body": .string(JSONValue.object(body).text())]
    }

    // MARK: - What is to be done

    /// An operation of a provider and its settings.
    private struct Work {
        let provider: any ActionProvider
        let operation: String
        let settings: JSONObject
    }

    private static let services = [
        "api": "production-api-service", "auth-service": "production-auth-service",
    ]

    private func work(_ payload: JSONValue) throws(Refusal) -> Work {
        let target = payload["target"]?.stringValue ?? ""
        let isCritical = payload["priority"]?.stringValue?.lowercased() == "critical"
        switch payload["action"]?.stringValue {
        case "restart_service":
            guard let service = FunctionHandler.services[target] else { throw unknown(target) }
            return ecs(
                "restart",
                ["service": .string(service), "cluster": try variable("ECS_CLUSTER_NAME")])
        case "scale_up": return try scale(target, isCritical: isCritical, to: size(payload))
        case "scale_down": return try scale(target, isCritical: false, to: size(payload))
        case "clear_cache":
            guard target == "cache" else { throw unknown(target) }
            return Work(
                provider: RedisAction(tools: tools), operation: "flush", settings: try redis())
        case "notify_human":
            return Work(
                provider: AWSServiceAction(.sns, tools: tools), operation: "publish",
                settings: ["topic": try variable("SNS_TOPIC_ARN")])
        case let other:
            throw .invalid("the action '\(other ?? "")' is none of this function's")
        }
    }

    /// What the step asked for, where the caller passes a step's inputs; else priority decides.
    private func size(_ payload: JSONValue) -> JSONValue? {
        let size = payload["incidentDetails"]?["inputs"]?["to"]
        return size?.isNull == true ? nil : size
    }

    private func scale(
        _ target: String, isCritical: Bool, to size: JSONValue?
    ) throws(Refusal) -> Work {
        switch target {
        case "database":
            return Work(
                provider: AWSServiceAction(.rds, tools: tools), operation: "resize",
                settings: [
                    "class": size ?? (isCritical ? "db.r5.2xlarge" : "db.r5.xlarge"),
                    "instance": try variable("DB_INSTANCE_ID"),
                ])
        case "api":
            let service = FunctionHandler.services["api"].map(JSONValue.string) ?? .null
            return ecs(
                "scale",
                [
                    "service": service, "cluster": try variable("ECS_CLUSTER_NAME"),
                    "count": size ?? (isCritical ? 10 : 5),
                ])
        case "cache":
            return Work(
                provider: AWSServiceAction(.elasticache, tools: tools), operation: "resize",
                settings: [
                    "node_type": size ?? (isCritical ? "cache.r5.xlarge" : "cache.r5.large"),
                    "cluster": try variable("CACHE_CLUSTER_ID"),
                ])
        default: throw unknown(target)
        }
    }

    private func ecs(_ operation: String, _ settings: JSONObject) -> Work {
        Work(
            provider: AWSServiceAction(.ecs, tools: tools), operation: operation, settings: settings
        )
    }

    private func redis() throws(Refusal) -> JSONObject {
        var settings: JSONObject = ["host": try variable("REDIS_HOST"), "scope": "all"]
        let port = tools.variable("REDIS_PORT") ?? ""
        settings["port"] = .string(port.isEmpty ? "6379" : port)
        // The password is sealed until the call.
        settings["tls"] = .bool(tools.variable("REDIS_TLS") == "true")
        return settings
    }

    private func variable(_ name: String) throws(Refusal) -> JSONValue {
        guard let value = tools.variable(name), !value.isEmpty else {
            throw .invalid("the variable \(name) is not set")
        }
        return .string(value)
    }

    private func unknown(_ target: String) -> Refusal { .invalid("unknown target '\(target)'") }

    // MARK: - Doing it

    private func perform(
        _ work: Work, _ payload: JSONValue, _ key: String, _ timeout: Duration
    ) async -> ActionOutcome {
        guard let operation = work.provider.contract.operation(work.operation) else {
            preconditionFailure("\(work.provider.contract.name) has no operation \(work.operation)")
        }
        var settings = SealedObject(plain: work.settings)
        var secrets: [String: String] = [:]
        if work.provider.contract.name == "redis", let password = tools.variable("REDIS_PASSWORD") {
            secrets["REDIS_PASSWORD"] = password
            if !password.isEmpty { settings["password"] = .secret("REDIS_PASSWORD") }
        }
        return await work.provider.perform(
            ActionRequest(
                action: payload["action"]?.stringValue ?? "", operation: work.operation,
                effect: operation.action.effect, recovery: operation.action.recovery,
                inputs: SealedObject(plain: ["target": payload["target"] ?? .null]),
                settings: settings,
                incident: incident(payload), run: key, step: "function", attempt: 1,
                idempotencyKey: key,
                timeout: timeout, secrets: SecretVault(values: secrets)))
    }

    private func incident(_ payload: JSONValue) -> Incident {
        let details = payload["incidentDetails"]
        let now = tools.now()
        let id = payload["incidentId"]?.scalarText ?? "unknown"
        let word = payload["priority"]?.stringValue ?? ""
        return Incident(
            id: id, fingerprint: id, priority: PriorityWords.priority(of: word, [:]) ?? .medium,
            type: details?["type"]?.stringValue ?? "incident", source: "lambda",
            title: details?["title"]?.stringValue,
            description: details?["description"]?.stringValue,
            target: payload["target"]?.stringValue, startedAt: now, receivedAt: now)
    }
}
