import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayServer
import JSON

/// `belay token`: who may speak for themselves to the daemon.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens of people: who may do what through the daemon.",
        subcommands: [TokenAddCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

/// `belay token add`: a token for a person.
struct TokenAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a token for a person; it is shown once.",
        discussion: """
            Example:
              belay token add ann --role approver --role operator --for 90d
              belay token add grafana --role viewer

            A viewer reads; an operator delivers, pauses, cancels and resolves; an approver approves and denies; an \
            admin does all of it. The file `.people` beside the journal keeps the token's SHA-256, never the token; \
            the daemon reads it with the next request. Who got which roles, and by whom, is on record.
            """)

    @Argument(help: "Whose token it is: the name in groups and on record.")
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "viewer, operator, approver or admin; may be given more than once.", valueName: "role"))
    var role: [String]

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long it is good; for ever if not given.", valueName: "length"))
    var length: String?

    @OptionGroup var order: OrderOptions

    func run() async throws {
        let now = LiveWorld().now()
        guard PersonToken.isName(name) else {
            throw CommandProblem(
                .usage, "'\(name)' is no name", help: "printable, without spaces and quotes: ann")
        }
        let roles = try roles()
        let text = PersonToken.make()
        let token = PersonToken(
            name: name, roles: roles, hash: PersonToken.hash(of: text), createdAt: now,
            expiresAt: try expiry(now))
        try await add(token)
        Output.standardError(
            "\(name) is \(roles.map(\.rawValue).joined(separator: ", "))"
                + (token.expiresAt.map { " until \($0.shortRFC3339)" } ?? "")
                + "; the token, shown only now:")
        Output.standard(text)
    }

    /// On record, if there is a journal; only the token's hash leaves this process.
    private func add(_ token: PersonToken) async throws(CommandProblem) {
        if let daemon = try order.named() {
            _ = try await order.send("/v1/people", ["token": token.json], to: daemon)
            return
        }
        let journal = try order.store.path
        let file = PeopleFile(path: PeopleFile.path(beside: journal))
        guard Files.exists(journal) else {
            do throws(PeopleFile.Problem) { try file.write(try file.read() + [token]) } catch {
                throw CommandProblem(error)
            }
            return Output.standardError(TokenCommand.unrecorded)
        }
        _ = try await order.carryOut(
            "/v1/people", ["token": token.json],
            onStore: { (store, person) async throws(OperationProblem) in
                try await PeopleOrders(file: file, store: store, world: LiveWorld()).add(
                    token, by: person)
                return [:]
            })
    }

    private func roles() throws(CommandProblem) -> [Role] {
        var roles: [Role] = []
        for word in role {
            guard let role = Role(rawValue: word) else {
                let near = Suggestion.nearest(to: word, in: Role.allCases.map(\.rawValue))
                throw CommandProblem(
                    .usage, "unknown role \(word)",
                    help: near.map { "did you mean \($0)?" }
                        ?? "roles are viewer, operator, approver, admin")
            }
            if !roles.contains(role) { roles.append(role) }
        }
        guard !roles.isEmpty else {
            throw CommandProblem(
                .usage, "a token needs a role", help: "belay token add \(name) --role viewer")
        }
        return roles
    }

    private func expiry(_ now: Timestamp) throws(CommandProblem) -> Timestamp? {
        guard let length else { return nil }
        guard case .success(let duration) = DurationText.parse(length), duration > .zero else {
            throw CommandProblem(
                .usage, "\(length) is no length of time", help: "write it as 12h or 90d")
        }
        return now + duration
    }
}

/// `belay token list`: whose tokens there are.
struct TokenListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens of people, without the tokens.",
        discussion: "Example:\n  belay token list\n  belay token list --format json")

    @Option(name: .long, help: "human or json.")
    var format: String = "human"

    @OptionGroup var store: StoreOptions

    func run() throws {
        try Formats.check(format)
        let now = LiveWorld().now()
        let file = PeopleFile(path: PeopleFile.path(beside: try store.path))
        let tokens: [PersonToken]
        do throws(PeopleFile.Problem) { tokens = try file.read() } catch {
            throw CommandProblem(error)
        }
        Output.standard(
            format == "json" ? Self.json(tokens, now).pretty() : TokensView(tokens, at: now).text)
    }

    private static func json(_ tokens: [PersonToken], _ now: Timestamp) -> JSONValue {
        let list = tokens.map { token -> JSONValue in
            guard case .object(var object) = token.json else {
                preconditionFailure("a token is an object")
            }
            object["standing"] = .string(token.standing(at: now).rawValue)
            return .object(object)
        }
        return ["schema_version": "1.0", "tokens": .array(list)]
    }
}

/// `belay token revoke`: a person's tokens are good no more.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End all tokens of a person, with the next request.",
        discussion: "Example:\n  belay token revoke ann")

    @Argument(help: "Whose tokens.")
    var name: String

    @OptionGroup var order: OrderOptions

    func run() async throws {
        let count = try await revoke()
        Output.standard("\(count) token\(count == 1 ? "" : "s") of \(name) revoked")
    }

    /// On record, if there is a journal. A journal that cannot be written lets nobody keep a token: what is missing is
    /// said then.
    private func revoke() async throws(CommandProblem) -> Int {
        if let daemon = try order.named() {
            let done = try await order.send(
                "/v1/people/revoke", ["name": .string(name)], to: daemon)
            return done.answer["revoked"]?.integerValue.map(Int.init) ?? 0
        }
        let journal = try order.store.path
        let file = PeopleFile(path: PeopleFile.path(beside: journal))
        let before = file.active(name)
        guard Files.exists(journal) else {
            let count = try end(file)
            Output.standardError(TokenCommand.unrecorded)
            return count
        }
        do throws(CommandProblem) {
            let done = try await order.carryOut(
                "/v1/people/revoke", ["name": .string(name)],
                onStore: { (store, person) async throws(OperationProblem) in
                    let orders = PeopleOrders(file: file, store: store, world: LiveWorld())
                    return [
                        "revoked": .integer(Int64(try await orders.revoke(name, by: person)))
                    ]
                })
            return done.answer["revoked"]?.integerValue.map(Int.init) ?? 0
        } catch {
            // Somebody said no, or there is nothing to end.
            guard error.status != .findings, before > 0 else { throw error }
            if file.active(name) > 0 { _ = try end(file) }
            Output.standardError("\(error.text)\nbelay: revoked, but that is not on record")
            return before
        }
    }

    private func end(_ file: PeopleFile) throws(CommandProblem) -> Int {
        do throws(OperationProblem) {
            return try PeopleOrders.end(name, in: file, at: LiveWorld().now()).count
        } catch {
            throw CommandProblem(error, file.path)
        }
    }
}

extension PeopleFile {
    /// How many tokens of a person are good; none where the file cannot be read.
    fileprivate func active(_ name: String) -> Int {
        let now = LiveWorld().now()
        let tokens = try? read()
        return tokens?.count { $0.name == name && $0.standing(at: now) == .active } ?? 0
    }
}

extension TokenCommand {
    /// Said where there is no journal yet.
    fileprivate static let unrecorded = "there is no journal yet, so this is not on record"
}

extension CommandProblem {
    /// What the file of people says.
    fileprivate init(_ problem: PeopleFile.Problem) { self.init(.unreadable, problem.message) }
}
