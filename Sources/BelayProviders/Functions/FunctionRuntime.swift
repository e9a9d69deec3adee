import BelayCompiler
import Cryptography
import JSON

/// Takes invocations from the Lambda Runtime API and gives their answers back, one after the other.
///
/// The API: AWS's documentation of custom runtimes, version 2018-06-01.
package struct FunctionRuntime: Sendable {
    private let tools: ProviderTools
    private let handler: FunctionHandler
    private let root: WebAddress
    /// Kept back of the invocation's time for the answer itself.
    private static let margin: Duration = .milliseconds(500)

    /// - Parameter api: host and port, as `AWS_LAMBDA_RUNTIME_API` has it.
    package init(api: String, tools: ProviderTools) throws(WebAddressError) {
        root = try WebAddress("http://\(api)/2018-06-01/runtime")
        handler = FunctionHandler(tools: tools)
        self.tools = tools
    }

    /// Serves until the task is cancelled or the API is gone.
    package func run() async throws(TransferFailure) {
        while !Task.isCancelled { try await serveOne() }
    }

    /// Waits for one invocation and answers it.
    package func serveOne() async throws(TransferFailure) {
        let invocation = try await send(
            "GET", "/invocation/next", nil, timeout: .seconds(1_000_000))
        guard invocation.status == 200, let id = invocation.header("lambda-runtime-aws-request-id")
        else {
            throw TransferFailure(
                .broken, sent: true, "the Runtime API answered \(invocation.status)")
        }
        let path = "/invocation/\(PercentEncoding.encode(id))"
        guard let bytes = invocation.body.whole, let payload = try? JSONParser.parse(bytes) else {
            let error: JSONValue = [
                "errorType": "InvalidPayload", "errorMessage": "the payload is not JSON",
            ]
            _ = try await send("POST", path + "/error", error, timeout: .seconds(5))
            return
        }
        let answer = await handler.answer(
            to: payload, key: SHA256.hash(utf8: id).hex, timeout: timeLeft(invocation))
        _ = try await send("POST", path + "/response", answer, timeout: .seconds(5))
    }

    private func timeLeft(_ invocation: HTTPResponse) -> Duration {
        guard let end = invocation.header("lambda-runtime-deadline-ms").flatMap({ Int64($0) })
        else {
            return .seconds(3)
        }
        let left = Timestamp(microseconds: end * 1_000) - tools.now() - FunctionRuntime.margin
        return max(.milliseconds(100), left)
    }

    private func send(
        _ method: String, _ path: String, _ body: JSONValue?, timeout: Duration
    ) async throws(TransferFailure) -> HTTPResponse {
        var url = root
        url.path += path
        var request = HTTPRequest(method, url)
        request.timeout = timeout
        request.outputLimit = 16 << 20
        if let body {
            request.body = Array(body.text().utf8)
            request.headers = [HTTPHeader("Content-Type", "application/json")]
        }
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        return try await tools.http.send(request, policy: policy)
    }
}
