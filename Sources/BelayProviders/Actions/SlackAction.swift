package import BelayCompiler
package import BelayEngine
import JSON

/// Posts to Slack, by an incoming webhook or by a bot's token.
///
/// What comes from an incident is text and no markup: `<!channel>` in a title calls nobody.
package struct SlackAction: ActionProvider {
    package static let contract = ProviderContract(
        "slack", description: "Posts messages to Slack.",
        settings: HTTPSettings.contract + [
            InputContract("url", .string, description: "An incoming webhook's address: a secret."),
            InputContract(
                "token", .string, description: "A bot's token, instead of an address: a secret."),
            InputContract(
                "channel", .string, description: "With a token: the channel's name or identifier."),
            InputContract(
                "api", .string, description: "The API's address; default https://slack.com/api."),
        ],
        operations: [
            OperationContract(
                "post",
                action: ActionContract(
                    "slack.post", description: "Post a message.", effect: .notify, recovery: .once,
                    inputs: [
                        InputContract(
                            "subject", .string, description: "Default: priority and incident."),
                        InputContract(
                            "message", .string, description: "Default: the incident in words."),
                    ],
                    outputs: [
                        OutputContract(
                            "id", .string, description: "The message's timestamp, with a token.")
                    ],
                    timeout: .seconds(15)),
                serves: ["notify_human"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            let notice = Notice(call)
            let text =
                "*\(SlackAction.plain(notice.subject))*\n\(SlackAction.plain(notice.message))"
            var body: JSONObject = ["text": .string(text)]
            let token = call.text("token")
            if token != nil { body["channel"] = .string(try call.required("channel")) }
            let root = call.text("api") ?? "https://slack.com/api"
            let address = try token == nil ? call.required("url") : "\(root)/chat.postMessage"
            let url = try HTTPSettings.address(address, "url")
            var message = HTTPRequest("POST", url)
            message.headers = [HTTPHeader("Content-Type", "application/json; charset=utf-8")]
            if let token { message.headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
            message.body = Array(JSONValue.object(body).text().utf8)
            message.tls = HTTPSettings.tls(call)
            var policy = try HTTPSettings.policy(call)
            policy.trusted.insert(url.authority)
            return await tools.post(message, policy, call) { response throws(Refusal) in
                token == nil ? ["id": .null] : try SlackAction.answer(response)
            }
        }
    }

    /// The three characters that begin markup, as Slack asks.
    private static func plain(_ text: String) -> String {
        text.replacingAll("&", with: "&amp;").replacingAll("<", with: "&lt;").replacingAll(
            ">", with: "&gt;")
    }

    /// The API answers 200 with an error inside.
    private static func answer(_ response: HTTPResponse) throws(Refusal) -> JSONObject {
        guard let answer = response.body.whole.flatMap({ try? JSONParser.parse($0) }) else {
            throw Refusal(
                .failed(.badOutput, retryable: false, message: "Slack's answer is not JSON"))
        }
        if answer["ok"] == true { return ["id": answer["ts"] ?? .null] }
        let error = answer["error"]?.stringValue ?? "no reason"
        let kind: FailureClass =
            switch error {
            case "channel_not_found": .notFound
            case "invalid_auth", "not_authed", "token_revoked", "missing_scope", "not_in_channel":
                .denied
            case "ratelimited": .throttled
            default: .remote
            }
        throw Refusal(.failed(kind, retryable: kind == .throttled, message: "Slack: \(error)"))
    }
}
