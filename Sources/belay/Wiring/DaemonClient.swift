import BelayProviders
import Cryptography
import Glibc
import JSON

/// Talks to a daemon: the one that has a journal open, or one that is named.
struct DaemonClient {
    private let base: WebAddress
    private let token: [UInt8]

    /// The address in a journal's lock file, nil if nobody holds the lock or it names none.
    static func address(ofStore path: String) -> String? {
        let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0,
            let bytes = try? Files.read(path + ".lock"),
            let lock = try? JSONParser.parse(bytes)
        else { return nil }
        return lock["address"]?.stringValue
    }

    /// By its address in a lock file: `127.0.0.1:8421`.
    init(lockedAt address: String, token: [UInt8]) throws(CommandProblem) {
        let reachable = address.hasPrefix("0.0.0.0:") ? "127.0.0.1" + address.dropFirst(7) : address
        do throws(WebAddressError) { base = try WebAddress("http://\(reachable)") } catch {
            throw CommandProblem(.unreadable, "\(address) is no address: \(error.message)")
        }
        self.token = token
    }

    /// By its address, which may have a path before those of the API.
    init(at base: WebAddress, token: [UInt8]) {
        self.base = base
        self.token = token
    }

    private var address: String { base.authority }

    func post(_ path: String, _ body: JSONValue) async throws(CommandProblem) -> JSONValue {
        var request = HTTPRequest("POST", try url(path))
        request.headers = [HTTPHeader("Content-Type", "application/json")]
        request.body = Array(body.text().utf8)
        return try await send(request)
    }

    /// Reads; the query is names and values in turn.
    func get(_ path: String, _ query: [(String, String)]) async throws(CommandProblem) -> JSONValue
    {
        let parts = query.map { "\($0.0)=\(Self.encoded($0.1))" }
        let asked = parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
        var request = HTTPRequest("GET", try url(asked))
        request.outputLimit = 8 << 20
        return try await send(request)
    }

    private func send(_ asked: HTTPRequest) async throws(CommandProblem) -> JSONValue {
        var request = asked
        request.headers.append(
            HTTPHeader("Authorization", "Bearer \(String(decoding: token, as: UTF8.self))"))
        // The person, or the lock file, names the host.
        var policy = HostPolicy()
        policy.trusted = [request.url.authority]
        let http = ProviderTools.system().http
        let response: HTTPResponse
        do throws(TransferFailure) {
            response = try await http.send(request, policy: policy)
        } catch {
            throw CommandProblem(
                .unreadable, "the daemon at \(address) does not answer: \(error.message)",
                help: "is it still starting, or being stopped? try again")
        }
        let answer = response.body.whole.flatMap { try? JSONParser.parse($0) } ?? .null
        guard (200..<300).contains(response.status) else { throw problem(response.status, answer) }
        return answer
    }

    private func url(_ path: String) throws(CommandProblem) -> WebAddress {
        let prefix = base.path.hasSuffix("/") ? String(base.path.dropLast()) : base.path
        do throws(WebAddressError) { return try WebAddress("\(base.origin)\(prefix)\(path)") } catch
        {
            throw CommandProblem(.usage, "\(path) is no address: \(error.message)")
        }
    }

    /// Percent-encoded, but for what stands for itself anywhere.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            let isPlain =
                byte < 0x80
                && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + Hex.encode([byte])
        }.joined()
    }

    private func problem(_ status: Int, _ answer: JSONValue) -> CommandProblem {
        let message = answer["error"]?["message"]?.stringValue ?? "the daemon answered \(status)"
        return switch status {
        case 400: CommandProblem(.usage, message)
        case 401:
            CommandProblem(
                .usage, "the daemon at \(address) refuses the token: \(message)",
                help: "name the daemon's token or your own with --token-file or BELAY_TOKEN")
        case 403: CommandProblem(.findings, message)
        case 404: CommandProblem(.unreadable, message)
        case 409: CommandProblem(.findings, message)
        default: CommandProblem(.unreadable, message)
        }
    }
}
