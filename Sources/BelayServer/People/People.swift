import BelayEngine
import Cryptography
import Synchronization

/// Who may speak for themselves, as the file of people says now: it is read again whenever it has changed, so that
/// who was revoked is out with the next request.
struct People: Sendable {
    private let file: PeopleFile?
    private let world: any World
    private let known = Known()

    /// What was read last.
    private final class Known: Sendable {
        struct State {
            var stamp: PeopleFile.Stamp?
            var tokens: [PersonToken] = []
            var problem: String?
        }
        let state = Mutex(State())
    }

    init(_ file: PeopleFile?, world: any World) {
        self.file = file
        self.world = world
    }

    /// What a token says of whoever bears it.
    enum Finding: Sendable {
        case known(PersonToken)
        case expired(PersonToken)
        case revoked(PersonToken)
        case unknown
        /// The file cannot be read: nobody is let in by it.
        case unreadable(String)
    }

    /// Compares the hash with every token's, each in constant time.
    func find(_ hash: Digest) -> Finding {
        let (tokens, problem) = current
        if let problem { return .unreadable(problem) }
        var found: PersonToken?
        for token in tokens where ConstantTime.equal(Array(token.hash.bytes), Array(hash.bytes)) {
            found = token
        }
        guard let found else { return .unknown }
        return switch found.standing(at: world.now()) {
        case .active: .known(found)
        case .expired: .expired(found)
        case .revoked: .revoked(found)
        }
    }

    private var current: (tokens: [PersonToken], problem: String?) {
        guard let file, let stamp = file.stamp else { return ([], nil) }
        return known.state.withLock { state in
            if state.stamp != stamp || state.problem != nil {
                state.stamp = stamp
                do throws(PeopleFile.Problem) {
                    (state.tokens, state.problem) = (try file.read(), nil)
                } catch {
                    (state.tokens, state.problem) = ([], error.message)
                }
            }
            return (state.tokens, state.problem)
        }
    }
}

/// Who asks.
enum Caller: Sendable {
    /// Whoever has the daemon's own token: may do everything, and only says a name.
    case keyHolder
    case person(PersonToken)

    func may(_ access: Route.Access) -> Bool {
        switch self {
        case .keyHolder: true
        case .person(let token): token.roles.contains { $0.may(access) }
        }
    }
}
