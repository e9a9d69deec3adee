import BelayEngine
import Cryptography
import JSON
import Synchronization

/// Lets requests in that bear the token, and keeps on record that others came.
///
/// Refusals are recorded at most once in ten seconds, with how many there were: whoever knocks fills no journal.
struct Gate: Sendable {
    private let token: Digest
    private let store: any Store
    private let world: any World
    private let metrics: Metrics
    private let refusals = Refusals()

    /// What was refused since the last record.
    private final class Refusals: Sendable {
        struct State {
            var count = 0
            var recordedAt: Duration?
        }
        let state = Mutex(State())
    }

    init(token: [UInt8], store: any Store, world: any World, metrics: Metrics) {
        self.token = SHA256.hash(token)
        self.store = store
        self.world = world
        self.metrics = metrics
    }

    /// The refusal, nil if the request may pass.
    func refuse(_ request: APIRequest) async -> APIAnswer? {
        if let given = Self.bearer(request.authorization) {
            let hash = SHA256.hash(Array(given.utf8))
            if ConstantTime.equal(Array(hash.bytes), Array(token.bytes)) { return nil }
        }
        metrics.add(.denied, [])
        await record(request)
        var answer = APIAnswer.problem(
            401, "unauthorized", "a bearer token is needed: Authorization: Bearer TOKEN")
        answer.headers.append((name: "WWW-Authenticate", value: "Bearer"))
        return answer
    }

    static func bearer(_ header: String?) -> Substring? {
        guard let header, header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return header.dropFirst(7)
    }

    private func record(_ request: APIRequest) async {
        let now = world.uptime()
        let count = refusals.state.withLock { state -> Int? in
            state.count += 1
            if let last = state.recordedAt, now - last < .seconds(10) { return nil }
            defer { state = .init(count: 0, recordedAt: now) }
            return state.count
        }
        guard let count else { return }
        let reason = request.authorization == nil ? "no_token" : "wrong_token"
        let payload: JSONValue = [
            "count": .integer(Int64(count)), "peer": .string(request.peer),
            "path": .string("/" + request.path.joined(separator: "/")),
        ]
        _ = try? await store.commit(
            StoreTransaction([
                .record(
                    RecordDraft(
                        .authDenied, actor: RecordActor(.api), reason: reason,
                        payloads: [PayloadDraft("denied", payload)]))
            ]))
    }
}
