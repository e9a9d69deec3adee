package import BelayCompiler
package import BelayEngine
import Cryptography
import JSON

/// Delivers a signed webhook by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` = `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.
package struct WebhookAction: ActionProvider {
    package static let contract = ProviderContract(
        "webhook", description: "Delivers webhooks signed by the Standard Webhooks specification.",
        settings: HTTPSettings.contract + [
            InputContract("url", .string, required: true, description: "Where it is delivered."),
            InputContract(
                "secret", .string, required: true, description: "A secret: `whsec_` and base64."),
            InputContract(
                "type", .string, description: "The event's type; default `incident.ACTION`."),
        ],
        operations: [
            OperationContract(
                "deliver",
                action: ActionContract(
                    "webhook.deliver", description: "Deliver a signed webhook.", effect: .notify,
                    recovery: .keyed,
                    inputs: [
                        InputContract(
                            "subject", .string, description: "Default: priority and incident."),
                        InputContract(
                            "message", .string, description: "Default: the incident in words."),
                        InputContract("data", .map, description: "Sent besides."),
                    ],
                    outputs: [
                        OutputContract("id", .string, description: "The delivery's identifier.")
                    ],
                    timeout: .seconds(15)),
                serves: ["notify_human"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut(at: tools.now()) { call throws(Refusal) in
            guard let key = WebhookAction.key(try call.required("secret")) else {
                throw .invalid("'secret' is not `whsec_` and base64")
            }
            var (message, policy) = try HTTPSettings.request(call, method: "POST")
            let id = "msg_\(call.request.idempotencyKey.prefix(32))"
            let body = try WebhookAction.body(call)
            let seconds = String(call.now.microseconds / 1_000_000)
            let signed = Array("\(id).\(seconds).".utf8) + body
            let signature = HMACSHA256.authenticate(signed, key: key).base64
            message.headers += [
                HTTPHeader("Content-Type", "application/json"), HTTPHeader("webhook-id", id),
                HTTPHeader("webhook-timestamp", seconds),
                HTTPHeader("webhook-signature", "v1,\(signature)"),
            ]
            message.body = body
            return await tools.post(message, policy, call) { _ in ["id": .string(id)] }
        }
    }

    private static func key(_ secret: String) -> [UInt8]? {
        let bare = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        guard let key = Base64.decode(bare), !key.isEmpty else { return nil }
        return key
    }

    private static func body(_ call: ActionCall) throws(Refusal) -> [UInt8] {
        let notice = Notice(call)
        var data: JSONObject = [
            "subject": .string(notice.subject), "message": .string(notice.message),
            "run": .string(call.request.run), "step": .string(call.request.step),
            "incident": .object(call.request.incident.json),
        ]
        for member in try call.object("data") ?? [:] { data[member.name] = member.value }
        let document: JSONObject = [
            "type": .string(call.text("type") ?? "incident.\(call.request.action)"),
            "timestamp": .string(call.now.shortRFC3339), "data": .object(data),
        ]
        return Array(JSONValue.object(document).text().utf8)
    }
}

extension ProviderTools {
    /// Sends a message to an HTTP service that answers 2xx; `output` reads the body, which may be cut.
    func post(
        _ message: HTTPRequest, _ policy: HostPolicy, _ call: ActionCall,
        output: (HTTPResponse) throws(Refusal) -> JSONObject
    ) async -> ActionOutcome {
        var message = message
        message.timeout = call.timeLeft
        message.mayRepeat = call.request.recovery.mayRepeat
        do {
            let response = try await http.send(message, policy: policy)
            guard (200..<300).contains(response.status) else { return response.failure }
            return .succeeded(.object(try output(response)))
        } catch let error as TransferFailure {
            return error.outcome
        } catch let error as Refusal {
            return error.outcome
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
    }
}
