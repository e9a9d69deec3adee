import BelayProviders
import Glibc
import JSON

/// Talks to the daemon that has a journal open.
struct DaemonClient {
    let address: String
    let token: [UInt8]

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

    func post(_ path: String, _ body: JSONValue) async throws(CommandProblem) -> JSONValue {
        var request = HTTPRequest("POST", try url(path))
        request.headers = [
            HTTPHeader("Authorization", "Bearer \(String(decoding: token, as: UTF8.self))"),
            HTTPHeader("Content-Type", "application/json"),
        ]
        request.body = Array(body.text().utf8)
        let response: HTTPResponse
        do throws(TransferFailure) { response = try await CurlClient().send(request) } catch {
            throw CommandProblem(
                .unreadable, "the daemon at \(address) does not answer: \(error.message)",
                help: "is it still starting, or being stopped? try again")
        }
        let answer = response.body.whole.flatMap { try? JSONParser.parse($0) } ?? .null
        guard (200..<300).contains(response.status) else { throw problem(response.status, answer) }
        return answer
    }

    private func url(_ path: String) throws(CommandProblem) -> WebAddress {
        let reachable = address.hasPrefix("0.0.0.0:") ? "127.0.0.1" + address.dropFirst(7) : address
        do throws(WebAddressError) { return try WebAddress("http://\(reachable)\(path)") } catch {
            throw CommandProblem(.unreadable, "\(address) is no address: \(error.message)")
        }
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
