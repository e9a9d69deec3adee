package import BelayCompiler
package import JSON

/// One operation of a service with its parameters, not yet signed.
package struct AWSCall: Sendable {
    package enum Payload: Sendable {
        case json(JSONObject)
        /// Parameters of the query protocol, flat: `Dimensions.member.1.Name`.
        case form([(String, String)])
        /// A method, an encoded path, an encoded query, headers and a body.
        case rest(String, path: String, query: String?, headers: [HTTPHeader], body: [UInt8])
    }

    package let service: AWSService
    package let operation: String
    package let payload: Payload
    /// May be sent again on a new connection by the transport itself.
    package var mayRepeat = false

    package init(_ service: AWSService, _ operation: String, _ payload: Payload) {
        self.service = service
        self.operation = operation
        self.payload = payload
    }
}

/// What a service answered with success.
package struct AWSResponse: Sendable {
    package let status: Int
    package let headers: [HTTPHeader]
    package let body: BoundedOutput
    package let json: JSONValue?
    package let xml: XMLNode?

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Signs and sends calls, and reads errors out of answers.
package struct AWSCaller: Sendable {
    package let http: JudgedClient
    package let now: @Sendable () -> Timestamp

    package init(http: JudgedClient, now: @escaping @Sendable () -> Timestamp) {
        self.http = http
        self.now = now
    }

    /// - Parameter credentials: nil sends the call unsigned.
    package func send(
        _ call: AWSCall, to endpoint: WebAddress, region: String, credentials: AWSCredentials?,
        timeout: Duration
    ) async -> Result<AWSResponse, AWSFailure> {
        var request = AWSCaller.request(call, endpoint)
        request.timeout = timeout
        request.mayRepeat = call.mayRepeat
        if let credentials {
            SigV4Signer(
                credentials: credentials, region: call.service.signingRegion(region),
                service: call.service.name
            ).sign(&request, at: now())
        }
        var policy = HostPolicy()
        policy.trusted = [endpoint.authority]
        do throws(TransferFailure) {
            let answer = AWSCaller.read(try await http.send(request, policy: policy), call.service)
            return answer.mapError { $0.redacted(by: credentials) }
        } catch {
            return .failure(.transfer(error))
        }
    }

    private static func request(_ call: AWSCall, _ endpoint: WebAddress) -> HTTPRequest {
        var request = HTTPRequest("POST", endpoint)
        switch (call.payload, call.service.style) {
        case (.json(let object), .json(let target)):
            request.headers = [
                HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                HTTPHeader("X-Amz-Target", "\(target).\(call.operation)"),
            ]
            request.body = Array(JSONValue.object(object).text().utf8)
        case (.form(let pairs), .query(let version)):
            let type = "application/x-www-form-urlencoded; charset=utf-8"
            request.headers = [HTTPHeader("Content-Type", type)]
            let all = [("Action", call.operation), ("Version", version)] + pairs
            request.body = Array(PercentEncoding.form(all).replacingAll("%20", with: "+").utf8)
        case (.rest(let method, let path, let query, let headers, let body), .rest):
            request.method = method
            request.url.path = endpoint.path == "/" ? path : endpoint.path + path
            request.url.query = query
            request.headers = headers
            request.body = body
        default: preconditionFailure("\(call.operation) is not written in the style of its service")
        }
        return request
    }

    private static func read(
        _ response: HTTPResponse, _ service: AWSService
    ) -> Result<AWSResponse, AWSFailure> {
        let bytes = response.body.whole
        var json: JSONValue?
        var xml: XMLNode?
        if let bytes {
            if case .query = service.style {
                xml = XMLNode(bytes)
            } else {
                json = try? JSONParser.parse(bytes)
            }
        }
        guard (200..<300).contains(response.status) else {
            return .failure(
                AWSFailure(response, json: json, xml: xml ?? bytes.flatMap(XMLNode.init)))
        }
        if case .query = service.style, xml == nil {
            return .failure(.unreadable("the answer is not XML"))
        }
        if case .json = service.style, json == nil {
            return .failure(.unreadable("the answer is not JSON"))
        }
        return .success(
            AWSResponse(
                status: response.status, headers: response.headers, body: response.body, json: json,
                xml: xml))
    }
}
