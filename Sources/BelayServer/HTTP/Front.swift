import BelayEngine
import Hummingbird
import Logging

/// The server library's side: turns its requests into ours, and our answers into its responses.
struct Front: HTTPResponder {
    let table: RouteTable
    let gate: Gate
    let metrics: Metrics
    let world: any World

    /// The largest body, in bytes.
    static let bodyLimit = 1 << 20
    /// How long a body may take to arrive.
    static let bodyTime: Duration = .seconds(30)

    /// What a request comes with besides itself: the other end's address.
    struct Context: InitializableFromSource {
        let peer: String

        init(source: ApplicationRequestContextSource) {
            peer = source.channel.remoteAddress?.ipAddress ?? "-"
        }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = world.uptime()
        let (route, answer) = await answer(request, context)
        metrics.request(route, answer.status, took: world.uptime() - start)
        return response(answer)
    }

    private func answer(_ request: Request, _ context: Context) async -> (String, APIAnswer) {
        let method = request.head.method.rawValue
        var asked = APIRequest(
            method: method,
            path: request.uri.path.split(separator: "/").map { $0.removingPercentEscapes },
            authorization: request.headers[.authorization], peer: context.peer)
        switch table.find(method, asked.path) {
        case .nothing: return ("-", closing(.problem(404, "not_found", "there is no such path")))
        case .otherMethods(let methods):
            var answer = APIAnswer.problem(405, "method", "use \(methods.joined(separator: ", "))")
            answer.headers.append((name: "Allow", value: methods.joined(separator: ", ")))
            return ("-", closing(answer))
        case .route(let route, let parameters):
            if route.access != .open {
                switch await gate.admit(asked, to: route.access) {
                case .passed(let caller): asked.caller = caller
                case .refused(let refusal): return (route.name, closing(refusal))
                }
            }
            for (name, value) in request.uri.queryParameters {
                asked.query[String(name)] = String(value)
            }
            switch await body(of: request) {
            case .failure(let refusal): return (route.name, closing(refusal.answer))
            case .success(let bytes): asked.body = bytes
            }
            return (route.name, await route.respond(asked, parameters))
        }
    }

    /// Why a body was not read.
    private struct Refusal: Error {
        var answer: APIAnswer
    }

    private func body(of request: Request) async -> Result<[UInt8], Refusal> {
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            return .failure(
                Refusal(answer: .problem(415, "encoding", "bodies are not to be compressed")))
        }
        let tooLarge = Refusal(
            answer: .problem(413, "too_large", "a body has at most \(Self.bodyLimit) bytes"))
        if let length = request.headers[.contentLength].flatMap({ Int($0) }),
            length > Self.bodyLimit
        {
            return .failure(tooLarge)
        }
        let start = world.uptime()
        var bytes: [UInt8] = []
        do {
            for try await chunk in request.body {
                bytes.append(contentsOf: chunk.readableBytesView)
                if bytes.count > Self.bodyLimit { return .failure(tooLarge) }
                if world.uptime() - start > Self.bodyTime {
                    return .failure(
                        Refusal(answer: .problem(408, "timeout", "the body took too long")))
                }
            }
        } catch {
            return .failure(Refusal(answer: .problem(400, "body", "the body could not be read")))
        }
        return .success(bytes)
    }

    /// What was not read must not be taken for the next request.
    private func closing(_ answer: APIAnswer) -> APIAnswer {
        var answer = answer
        answer.closes = true
        return answer
    }

    private func response(_ answer: APIAnswer) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = answer.contentType
        headers[.cacheControl] = "no-store"
        if answer.closes { headers[.connection] = "close" }
        for (name, value) in answer.headers {
            switch name {
            case "Allow": headers[.allow] = value
            case "Retry-After": headers[.retryAfter] = value
            case "WWW-Authenticate": headers[.wwwAuthenticate] = value
            default: preconditionFailure("no route sets \(name)")
            }
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

extension Substring {
    /// The text with `%41` and the like as what they stand for; left alone where it is no UTF-8 then.
    fileprivate var removingPercentEscapes: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let unit = rest.popFirst() {
            if unit == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(unit)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(self)
    }
}
