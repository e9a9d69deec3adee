package import BelayCompiler
package import BelayEngine
import JSON

/// Asks Prometheus, or what speaks its API, for the value of an expression now.
package struct PrometheusAction: ActionProvider {
    package static let contract = ProviderContract(
        "prometheus", description: "Queries a Prometheus server.",
        settings: HTTPSettings.contract + [
            InputContract(
                "url", .string, required: true,
                description: "The server, such as http://prometheus:9090."),
            InputContract("token", .string, description: "A bearer token: a secret."),
            InputContract(
                "headers", .map, description: "Sent with each query, such as a tenant's name."),
        ],
        operations: [
            OperationContract(
                "query",
                action: ActionContract(
                    "prometheus.query", description: "Read the value of an expression now.",
                    effect: .read,
                    recovery: .pure,
                    inputs: [
                        InputContract(
                            "query", .string, required: true, description: "A PromQL expression."),
                        InputContract(
                            "series", .string, allowed: ["one", "max", "min", "sum", "count"],
                            standard: "one",
                            description: "How several series become one number; `one` refuses them."
                        ),
                    ],
                    outputs: [
                        OutputContract(
                            "value", .number,
                            description: "The value; no series is `failed(no_data)`."),
                        OutputContract("labels", .map, description: "The labels of the series."),
                    ],
                    timeout: .seconds(10)),
                serves: ["metrics.query"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut { call throws(Refusal) in
            var (message, policy) = try HTTPSettings.request(call, method: "POST")
            let root =
                message.url.path.hasSuffix("/")
                ? String(message.url.path.dropLast()) : message.url.path
            message.url.path = root + "/api/v1/query"
            message.body = Array(PercentEncoding.form([("query", try call.required("query"))]).utf8)
            message.headers.append(HTTPHeader("Content-Type", "application/x-www-form-urlencoded"))
            if let token = call.text("token") {
                message.headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
            }
            message.timeout = call.timeLeft
            message.mayRepeat = true
            do throws(TransferFailure) {
                let response = try await tools.http.send(message, policy: policy)
                let answer = response.body.whole.flatMap { try? JSONParser.parse($0) }
                return PrometheusAction.outcome(response, answer, call.text("series") ?? "one")
            } catch {
                return error.outcome
            }
        }
    }

    private static func outcome(
        _ response: HTTPResponse, _ answer: JSONValue?, _ series: String
    ) -> ActionOutcome {
        guard response.status == 200 else {
            guard let error = answer?["error"]?.stringValue, response.status < 500 else {
                return response.failure
            }
            return .failed(.invalid, retryable: false, message: "Prometheus: \(error)")
        }
        guard let data = answer?["data"], answer?["status"] == "success",
            let result = data["result"]
        else {
            return .failed(
                .badOutput, retryable: false, message: "the answer is not one of Prometheus")
        }
        if data["resultType"] == "scalar" {
            return number(result).map { succeeded($0, [:]) } ?? noData
        }
        guard data["resultType"] == "vector", let items = result.arrayValue else {
            return .failed(
                .invalid, retryable: false, message: "the expression gives no instant vector")
        }
        let values = items.compactMap { $0["value"].flatMap(number) }.filter { !$0.isNaN }
        guard let first = values.first else { return noData }
        switch series {
        case "max": return succeeded(values.reduce(first, max), [:])
        case "min": return succeeded(values.reduce(first, min), [:])
        case "sum": return succeeded(values.reduce(0, +), [:])
        case "count": return succeeded(Double(values.count), [:])
        default:
            guard items.count == 1 else {
                let message =
                    "the expression gives \(items.count) series, one is expected; see `series`"
                return .failed(.invalid, retryable: false, message: message)
            }
            return succeeded(first, items[0]["metric"]?.objectValue ?? [:])
        }
    }

    private static let noData = ActionOutcome.failed(
        .noData, retryable: true, message: "the expression gives no value")

    private static func succeeded(_ value: Double, _ labels: JSONObject) -> ActionOutcome {
        guard value.isFinite else {
            return .failed(.noData, retryable: true, message: "the value is \(value)")
        }
        return .succeeded(["value": .number(value), "labels": .object(labels)])
    }

    /// The second of `[time, "text"]`.
    private static func number(_ pair: JSONValue) -> Double? {
        guard let text = pair.arrayValue?.last?.stringValue else { return nil }
        return text == "+Inf" ? .infinity : text == "-Inf" ? -.infinity : Double(text)
    }
}
