import JSON

/// A request as routes see it: whole, within its limits, free of the server library.
struct APIRequest: Sendable {
    var method: String
    /// The path's parts, decoded: `v1`, `runs`, `0190f3a2`.
    var path: [String]
    var query: [String: String] = [:]
    var authorization: String?
    /// Who asks, once the gate has let it in.
    var caller: Caller?
    /// The address of the other end.
    var peer: String
    var body: [UInt8] = []

    /// The document of the body; nothing said is an empty object.
    func json() throws(JSONError) -> JSONValue {
        body.isEmpty ? [:] : try JSONParser.parse(body)
    }
}

/// An answer as routes give it.
struct APIAnswer: Sendable {
    var status: Int
    var contentType: String
    var body: [UInt8]
    var headers: [(name: String, value: String)] = []
    /// Ends the connection after it.
    var closes = false

    init(_ status: Int, _ value: JSONValue) {
        self.status = status
        contentType = "application/json"
        body = Array((value.text() + "\n").utf8)
    }

    init(_ status: Int, text: String, as contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.contentType = contentType
        body = Array(text.utf8)
    }

    /// Why not, in a form that clients read: `{"error": {"code": …, "message": …}}`.
    static func problem(_ status: Int, _ code: String, _ message: String) -> APIAnswer {
        APIAnswer(status, ["error": ["code": .string(code), "message": .string(message)]])
    }

    /// The same with a time after which to try again.
    static func later(
        _ status: Int, _ code: String, _ message: String, after seconds: Int
    ) -> APIAnswer {
        var answer = problem(status, code, message)
        answer.headers.append((name: "Retry-After", value: String(seconds)))
        return answer
    }
}
