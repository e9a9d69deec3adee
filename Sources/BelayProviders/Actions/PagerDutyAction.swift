package import BelayCompiler
package import BelayEngine
import JSON

/// Triggers and resolves PagerDuty alerts by the Events API, version 2; its deduplication key is the incident's.
package struct PagerDutyAction: ActionProvider {
    private static let key = InputContract(
        "dedup_key", .string, description: "Default: the incident's fingerprint.")

    package static let contract = ProviderContract(
        "pagerduty", description: "Alerts by PagerDuty's Events API, version 2.",
        settings: HTTPSettings.contract + [
            InputContract(
                "routing_key", .string, required: true,
                description: "The integration's key: a secret."),
            InputContract(
                "url", .string, description: "Default https://events.pagerduty.com/v2/enqueue."),
        ],
        operations: [
            operation("resolve", "Resolve an alert."), operation("trigger", "Trigger an alert."),
        ])

    private static func operation(_ name: String, _ description: String) -> OperationContract {
        let words = [
            InputContract("subject", .string, description: "Default: priority and incident."),
            InputContract("message", .string, description: "Default: the incident in words."),
        ]
        return OperationContract(
            name,
            action: ActionContract(
                "pagerduty.\(name)", description: description, effect: .notify, recovery: .keyed,
                inputs: [key] + (name == "trigger" ? words : []),
                outputs: [
                    OutputContract("id", .string, description: "The alert's deduplication key.")
                ],
                timeout: .seconds(15)),
            serves: name == "trigger" ? ["notify_human"] : [])
    }

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let address = call.text("url") ?? "https://events.pagerduty.com/v2/enqueue"
            var message = HTTPRequest("POST", try HTTPSettings.address(address, "url"))
            message.headers = [HTTPHeader("Content-Type", "application/json")]
            message.body = Array(JSONValue.object(try PagerDutyAction.event(call)).text().utf8)
            message.tls = HTTPSettings.tls(call)
            var policy = try HTTPSettings.policy(call)
            policy.trusted.insert(message.url.authority)
            return await tools.post(message, policy, call) { response throws(Refusal) in
                let answer = response.body.whole.flatMap { try? JSONParser.parse($0) }
                return ["id": answer?["dedup_key"] ?? .null]
            }
        }
    }

    private static func event(_ call: ActionCall) throws(Refusal) -> JSONObject {
        let incident = call.request.incident
        var event: JSONObject = [
            "routing_key": .string(try call.required("routing_key")),
            "event_action": .string(call.request.operation),
            "dedup_key": .string(call.text("dedup_key") ?? incident.fingerprint),
        ]
        guard call.request.operation == "trigger" else { return event }
        let notice = Notice(call)
        event["payload"] = [
            "summary": .string(String(notice.subject.prefix(1024))),
            "source": .string(incident.target ?? incident.source),
            "severity": .string(severity(incident.priority)),
            "timestamp": .string(incident.startedAt.shortRFC3339),
            "custom_details": [
                "message": .string(notice.message), "run": .string(call.request.run),
            ],
        ]
        return event
    }

    private static func severity(_ priority: Priority) -> String {
        switch priority {
        case .critical: "critical"
        case .high: "error"
        case .medium, .low: "warning"
        case .info: "info"
        }
    }
}
