import BelayEngine
import Cryptography
import JSON
import Logging
import Synchronization

/// Lets requests in that bear the daemon's token or a person's with the right role, and keeps on record that others
/// came.
///
/// Refusals are recorded at most once in ten seconds, with how many there were: whoever knocks fills no journal.
struct Gate: Sendable {
    private let token: Digest
    private let people: People
    private let store: any Store
    private let world: any World
    private let metrics: Metrics
    private let logger: Logger
    private let refusals = Refusals()

    /// What was refused since the last record.
    private final class Refusals: Sendable {
        struct State {
            var count = 0
            var recordedAt: Duration?
            /// Since the last line of the log, and when that was.
            var untold = 0
            var toldAt: Duration?
        }
        let state = Mutex(State())
    }

    /// Why somebody is not let in.
    private struct Refusal {
        var status = 401
        /// As records have it.
        var code: String
        var message: String
        var name: String?
    }

    init(
        token: [UInt8], people: PeopleFile? = nil, store: any Store, world: any World,
        metrics: Metrics, logger: Logger
    ) {
        self.token = SHA256.hash(token)
        self.people = People(people, world: world)
        self.store = store
        self.world = world
        self.metrics = metrics
        self.logger = logger
    }

    /// What became of a request at the gate.
    enum Entry: Sendable {
        case passed(Caller)
        case refused(APIAnswer)
    }

    func admit(_ request: APIRequest, to access: Route.Access) async -> Entry {
        switch judge(request, access) {
        case .success(let caller): return .passed(caller)
        case .failure(let refusal): return .refused(await refuse(refusal, request))
        }
    }

    private enum Judgement {
        case success(Caller)
        case failure(Refusal)
    }

    private func judge(_ request: APIRequest, _ access: Route.Access) -> Judgement {
        guard let given = Self.bearer(request.authorization) else {
            return .failure(
                Refusal(
                    code: request.authorization == nil ? "no_token" : "wrong_token",
                    message: "a bearer token is needed: Authorization: Bearer TOKEN"))
        }
        let hash = SHA256.hash(Array(given.utf8))
        if ConstantTime.equal(Array(hash.bytes), Array(token.bytes)) { return .success(.keyHolder) }
        switch people.find(hash) {
        case .known(let person):
            guard !Caller.person(person).may(access) else { return .success(.person(person)) }
            let roles = Role.allCases.filter { $0.may(access) }.map(\.rawValue)
            return .failure(
                Refusal(
                    status: 403, code: "wrong_role",
                    message:
                        "\(person.name) is \(person.roles.map(\.rawValue).joined(separator: ", "));"
                        + " this is for \(roles.joined(separator: ", "))",
                    name: person.name))
        case .expired(let person):
            return .failure(
                Refusal(
                    code: "expired_token", message: "the token of \(person.name) has expired",
                    name: person.name))
        case .revoked(let person):
            return .failure(
                Refusal(
                    code: "revoked_token", message: "the token of \(person.name) was revoked",
                    name: person.name))
        case .unknown:
            return .failure(
                Refusal(code: "wrong_token", message: "nobody has this token, or not any more"))
        case .unreadable(let problem):
            return .failure(
                Refusal(
                    code: "people_unreadable",
                    message: "tokens of people count for nothing now: \(problem)"))
        }
    }

    static func bearer(_ header: String?) -> Substring? {
        guard let header, header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return header.dropFirst(7)
    }

    private func refuse(_ refusal: Refusal, _ request: APIRequest) async -> APIAnswer {
        metrics.add(.denied, [])
        tell(of: refusal, request)
        await record(refusal, request)
        var answer = APIAnswer.problem(
            refusal.status, refusal.status == 401 ? "unauthorized" : "forbidden", refusal.message)
        if refusal.status == 401 {
            answer.headers.append((name: "WWW-Authenticate", value: "Bearer"))
        }
        return answer
    }

    /// A line a minute at most, with how many were refused since the one before.
    private func tell(of refusal: Refusal, _ request: APIRequest) {
        let now = world.uptime()
        let count = refusals.state.withLock { state -> Int? in
            state.untold += 1
            if let last = state.toldAt, now - last < .seconds(60) { return nil }
            defer {
                state.untold = 0
                state.toldAt = now
            }
            return state.untold
        }
        guard let count else { return }
        var metadata: Logger.Metadata = [
            "count": "\(count)", "peer": "\(request.peer)", "reason": "\(refusal.code)",
        ]
        if let name = refusal.name { metadata["name"] = "\(name)" }
        logger.warning("requests refused at the gate", metadata: metadata)
    }

    private func record(_ refusal: Refusal, _ request: APIRequest) async {
        let now = world.uptime()
        let count = refusals.state.withLock { state -> Int? in
            state.count += 1
            if let last = state.recordedAt, now - last < .seconds(10) { return nil }
            defer {
                state.count = 0
                state.recordedAt = now
            }
            return state.count
        }
        guard let count else { return }
        let payload: JSONValue = [
            "count": .integer(Int64(count)), "peer": .string(request.peer),
            "path": .string("/" + request.path.joined(separator: "/")),
        ]
        let actor =
            refusal.name.map { RecordActor.person(RecordText.name(from: $0)) } ?? RecordActor(.api)
        _ = try? await store.commit(
            StoreTransaction([
                .record(
                    RecordDraft(
                        .authDenied, actor: actor, reason: refusal.code,
                        payloads: [PayloadDraft("denied", payload)]))
            ]))
    }
}
