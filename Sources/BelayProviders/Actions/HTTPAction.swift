package import BelayCompiler
package import BelayEngine
import JSON

/// Sends one HTTP request, to addresses that the environment allows.
package struct HTTPAction: ActionProvider {
    private static let common = [
        InputContract("url", .string, description: "The absolute address, http or https."),
        InputContract("query", .map, description: "Added to the address, percent-encoded."),
        InputContract("headers", .map, description: "Sent with the request."),
        InputContract(
            "expect_status", .list, description: "Statuses that are a success; default: 200 to 299."
        ),
        InputContract(
            "expect_text", .string, description: "Text that the answer's body must hold."),
    ]

    private static let outputs = [
        OutputContract("status", .integer, description: "The answer's status."),
        OutputContract("headers", .map, description: "The answer's headers, names in lower case."),
        OutputContract("body", .string, description: "The answer's body as text."),
        OutputContract("json", .any, description: "The body's value if it is JSON, else null."),
    ]

    package static let contract = ProviderContract(
        "http", description: "Sends HTTP requests to allowed addresses.",
        settings: HTTPSettings.contract + common + [
            InputContract("method", .string, description: "For a capability that is bound here."),
            InputContract("body", .any, description: "Text as it is; a map or list as JSON."),
            InputContract(
                "redirects", .integer, description: "How many may be followed; default none."),
        ],
        operations: [
            OperationContract(
                "get",
                action: ActionContract(
                    "http.get", description: "Read an address.", effect: .read, recovery: .pure,
                    inputs: common, outputs: outputs, timeout: .seconds(30))),
            OperationContract(
                "request",
                action: ActionContract(
                    "http.request", description: "Send a request of any method.", effect: .change,
                    recovery: .once,
                    inputs: common + [
                        InputContract(
                            "method", .string,
                            allowed: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
                            standard: "POST"),
                        InputContract(
                            "body", .any, description: "Text as it is; a map or list as JSON."),
                        InputContract(
                            "redirects", .integer,
                            description: "How many may be followed; default none."),
                    ],
                    outputs: outputs, timeout: .seconds(30)),
                serves: ["*"]),
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            var (message, policy) = try HTTPSettings.request(
                call, method: request.operation == "get" ? "GET" : call.text("method") ?? "POST")
            let query = try call.textMap("query")
            if !query.isEmpty {
                let own = message.url.query.map { "\($0)&" } ?? ""
                message.url.query = own + PercentEncoding.form(query)
            }
            if request.operation != "get" { try HTTPAction.addBody(call, to: &message) }
            message.timeout = call.timeLeft
            let redirects = try call.integer("redirects") ?? 0
            let expected = try HTTPAction.expectedStatuses(call)
            do throws(TransferFailure) {
                let response = try await tools.http.send(
                    message, policy: policy, redirects: redirects)
                return HTTPAction.outcome(response, expected, call.text("expect_text"))
            } catch {
                return error.outcome
            }
        }
    }

    private static func addBody(_ call: ActionCall, to message: inout HTTPRequest) throws(Refusal) {
        let given = Set(message.headers.map { $0.name.lowercased() })
        if let value = call.value("body") {
            let text = value.stringValue
            message.body = Array((text ?? value.text()).utf8)
            if !given.contains("content-type") {
                let type = text == nil ? "application/json" : "text/plain; charset=utf-8"
                message.headers.append(HTTPHeader("Content-Type", type))
            }
        }
        if call.request.effect >= .notify, !given.contains("idempotency-key") {
            message.headers.append(HTTPHeader("Idempotency-Key", call.request.idempotencyKey))
        }
    }

    private static func expectedStatuses(_ call: ActionCall) throws(Refusal) -> [Int] {
        guard let texts = try call.texts("expect_status") else { return Array(200..<300) }
        let statuses = texts.compactMap { Int($0) }
        guard statuses.count == texts.count else {
            throw .invalid("'expect_status' holds what is no status")
        }
        return statuses
    }

    // MARK: - Outcomes

    private static func outcome(
        _ response: HTTPResponse, _ expected: [Int], _ text: String?
    ) -> ActionOutcome {
        guard expected.contains(response.status) else { return response.failure }
        guard let body = response.body.whole else {
            let size = "the answer has more than \(TransportBounds.output) bytes"
            return .failed(
                .outputTooLarge, retryable: false,
                message: "\(size), sha256 \(response.body.digest)")
        }
        if let text, response.body.text.range(of: text) == nil {
            return .failed(
                .remote, retryable: false,
                message: "status \(response.status), but the answer lacks '\(text)'")
        }
        let headers = response.headers.map { ($0.name.lowercased(), JSONValue.string($0.value)) }
        return .succeeded([
            "status": .integer(Int64(response.status)), "headers": .object(JSONObject(headers)),
            "body": .string(response.body.text), "json": (try? JSONParser.parse(body)) ?? .null,
        ])
    }
}

extension HTTPResponse {
    /// What an unexpected status means: refused before work, final, or perhaps done.
    package var failure: ActionOutcome {
        let detail = body.text
        let message = "status \(status)" + (detail.isEmpty ? "" : ": \(detail)")
        return switch status {
        case 429: .failed(.throttled, retryable: true, message: message)
        case 500...: .lost(.unavailable, message: message)
        case 401, 403, 407: .failed(.denied, retryable: false, message: message)
        case 404, 410: .failed(.notFound, retryable: false, message: message)
        case 409, 412, 423: .failed(.conflict, retryable: false, message: message)
        case 300..<400:
            .failed(
                .invalid, retryable: false,
                message: "status \(status): a redirect that was not followed")
        case 200..<300: .failed(.remote, retryable: false, message: "unexpected \(message)")
        default: .failed(.invalid, retryable: false, message: message)
        }
    }
}
