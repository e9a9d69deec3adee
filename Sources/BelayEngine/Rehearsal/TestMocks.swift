import BelayCompiler
import JSON

/// What the world of one case answers: its own mocks before those of the file, a named place before any.
struct TestMocks: RehearsalScript {
    /// Ready to be told: every value computed and checked.
    struct Mock: Sendable {
        var key: String
        var calls: [RehearsedReply] = []
        var consents: [Consent] = []
        var span: SourceSpan
    }

    /// An answer to a request for consent; without a name it is that of the first who may give it.
    struct Consent: Sendable {
        var name: String?
        var isGranted: Bool
        var after: Duration

        func answer(to request: RehearsedRequest) -> RehearsedConsent {
            let somebody = request.from.people?.first { $0 != request.beganBy }
            let person = Person(name ?? somebody ?? "test")
            return RehearsedConsent(
                isGranted ? .granted(by: person) : .denied(by: person), after: after)
        }
    }

    private let own: [String: Mock]
    private let shared: [String: Mock]
    private var used: [String: Int] = [:]
    /// Calls for which there was no mock, in order.
    private(set) var unanswered: [RehearsedCall] = []
    private(set) var touched: Set<String> = []

    init(
        own: [MockSyntax], shared: [MockSyntax], _ templates: TestTemplates,
        _ catalogue: ActionCatalogue
    ) throws(TestProblem) {
        self.own = try Self.mocks(own, templates, catalogue)
        self.shared = try Self.mocks(shared, templates, catalogue)
    }

    mutating func reply(to call: RehearsedCall) -> RehearsedReply {
        if let reply = mocked(call) { return reply }
        unanswered.append(call)
        return RehearsedReply(
            .failed(
                .noData, retryable: false, message: "the test has no mock for \(call.intent.action)"
            )
        )
    }

    /// What the mocks answer, nil if none is for the call.
    mutating func mocked(_ call: RehearsedCall) -> RehearsedReply? {
        let action = call.intent.action
        for (origin, table) in [("own", own), ("file", shared)] {
            for key in ["\(action)@\(call.place.name)", action] {
                guard let mock = table[key], !mock.calls.isEmpty else { continue }
                touched.insert(key)
                let count = used["\(origin) \(key)", default: 0]
                used["\(origin) \(key)"] = count + 1
                return mock.calls[min(count, mock.calls.count - 1)]
            }
        }
        return nil
    }

    mutating func consent(to request: RehearsedRequest) -> RehearsedConsent? {
        let step = CallPlace(path: request.step).step
        for table in [own, shared] {
            let candidates = table.values.sorted { $0.key < $1.key }.filter { mock in
                guard !mock.consents.isEmpty else { return false }
                if let action = request.intent?.action {
                    return mock.key == action || mock.key == "\(action)@\(step)"
                }
                return true
            }
            guard let mock = candidates.first else { continue }
            touched.insert(mock.key)
            let count = used["consent \(mock.key)", default: 0]
            used["consent \(mock.key)"] = count + 1
            return mock.consents[min(count, mock.consents.count - 1)].answer(to: request)
        }
        return nil
    }

    /// Where the mock for an action stands, the case's own first.
    func span(of action: String) -> SourceSpan? {
        for table in [own, shared] {
            let mock = table.values.filter {
                $0.key == action || $0.key.hasPrefix("\(action)@")
            }.min { $0.key < $1.key }
            if let mock { return mock.span }
        }
        return nil
    }

    /// Mocks of the case itself that nothing asked for.
    var unused: [Mock] {
        own.values.filter { !touched.contains($0.key) }.sorted { $0.key < $1.key }
    }
}

// MARK: - Reading

extension TestMocks {
    private static func mocks(
        _ syntax: [MockSyntax], _ templates: TestTemplates, _ catalogue: ActionCatalogue
    ) throws(TestProblem) -> [String: Mock] {
        var mocks: [String: Mock] = [:]
        for mock in syntax {
            guard let contract = catalogue.action(mock.action.value) else {
                throw TestProblem(
                    "there is no action `\(mock.action.value)`", at: mock.action.span)
            }
            let place = mock.place.map { "@\($0.value)" } ?? ""
            var ready = Mock(key: mock.action.value + place, span: mock.span)
            for reply in mock.replies { try add(reply, to: &ready, contract, templates) }
            mocks[ready.key] = ready
        }
        return mocks
    }

    private static func add(
        _ reply: ReplySyntax, to mock: inout Mock, _ contract: ActionContract,
        _ templates: TestTemplates
    ) throws(TestProblem) {
        let after = reply.after?.value ?? .zero
        switch reply.answer {
        case .value(let value):
            let output = try output(value, contract, templates)
            mock.calls.append(RehearsedReply(.succeeded(output), after: after))
        case .failure(let word): mock.calls.append(try failure(word, after))
        case .hang(let length):
            mock.calls.append(RehearsedReply(.succeeded([:]), after: length.value))
        case .approve(let name):
            mock.consents.append(
                Consent(name: name?.value, isGranted: true, after: after))
        case .deny(let name):
            mock.consents.append(
                Consent(name: name?.value, isGranted: false, after: after))
        case .resolveNotice:
            mock.calls.append(
                RehearsedReply(
                    .succeeded([:]), notice: RehearsedNotice(.resolved, after: after)))
        }
    }

    private static func failure(
        _ word: Located<String>, _ after: Duration
    ) throws(TestProblem) -> RehearsedReply {
        guard let failure = FailureClass(rawValue: word.value) else {
            let known = FailureClass.allCases.map(\.rawValue).joined(separator: ", ")
            throw TestProblem(
                "`\(word.value)` is no class of failure (known: \(known))", at: word.span)
        }
        let retryable = [.unavailable, .throttled, .timeout].contains(failure)
        return RehearsedReply(
            .failed(failure, retryable: retryable, message: "the mock throws \(word.value)"),
            after: after)
    }

    /// What a mock returns must be what the action could answer.
    private static func output(
        _ value: TemplateValue, _ contract: ActionContract, _ templates: TestTemplates
    ) throws(TestProblem) -> JSONValue {
        guard case .map(let members, _) = value else {
            let json = try templates.value(value, "the reply")
            guard json.isNull || contract.outputs.isEmpty else {
                throw TestProblem(
                    "\(contract.name) answers with a map of its outputs, found \(json.kindName)",
                    at: value.span)
            }
            return json.isNull ? [:] : json
        }
        var output = JSONObject()
        for member in members {
            let name = member.name.value
            let declared = contract.output(name)
            if declared == nil, !contract.outputs.isEmpty {
                let known = contract.outputs.map(\.name).joined(separator: ", ")
                throw TestProblem(
                    "\(contract.name) has no output `\(name)` (it has: \(known))",
                    at: member.name.span)
            }
            output[name] = try templates.value(
                member.value, as: declared?.type ?? .any, "output `\(name)`")
        }
        return .object(output)
    }
}
