import BelayCompiler
package import BelayEngine
package import JSON

/// What an incident backend and its functions say to one another (providers.md, section 1).
package enum IncidentContract {
    /// `{action, target, incidentId, priority, incidentDetails}`.
    package static func request(_ call: ActionCall) -> JSONValue {
        let incident = call.request.incident
        let target = call.inputs["target"]?.stringValue ?? incident.target
        var details: JSONObject = [
            "title": .string(incident.title ?? incident.type),
            "description": .string(incident.description ?? ""),
            "type": .string(incident.type), "status": .string(incident.status.rawValue),
            "source": .string(incident.source),
            "startedAt": .string(incident.startedAt.shortRFC3339),
            "idempotencyKey": .string(call.request.idempotencyKey),
        ]
        if !incident.labels.isEmpty { details["labels"] = .object(incident.labels) }
        if !call.inputs.isEmpty { details["inputs"] = .object(call.inputs) }
        return [
            "action": .string(call.request.action), "target": target.map(JSONValue.string) ?? .null,
            "incidentId": .string(incident.id), "priority": .string(incident.priority.rawValue),
            "incidentDetails": .object(details),
        ]
    }

    /// `{"statusCode": 200, "body": "<JSON text>"}`, or 500 with `message` and `error` in the body.
    package static func outcome(_ answer: JSONValue) -> ActionOutcome {
        guard let status = answer["statusCode"]?.integerValue, let body = answer["body"] else {
            let message = "the function's answer has no statusCode and body"
            return .failed(.badOutput, retryable: false, message: message)
        }
        let content = body.stringValue.map { text in
            (try? JSONParser.parse(Array(text.utf8))) ?? .string(text)
        }
        let value = content ?? body
        guard (200..<300).contains(status) else {
            return .failed(.remote, retryable: false, message: message(status, value))
        }
        guard case .object(var output) = value else {
            return .succeeded(["statusCode": .integer(status), "body": value])
        }
        output["statusCode"] = .integer(status)
        return .succeeded(.object(output))
    }

    private static func message(_ status: Int64, _ body: JSONValue) -> String {
        let parts = ["message", "error"].compactMap { body[$0]?.scalarText }
        let text = parts.isEmpty ? body.stringValue ?? "" : parts.joined(separator: ": ")
        return "the function answered \(status)" + (text.isEmpty ? "" : ": \(text)")
    }
}
