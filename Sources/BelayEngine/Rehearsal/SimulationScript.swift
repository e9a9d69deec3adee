import BelayCompiler
import JSON

/// The world of a simulation: mocks first, then what was read of the real one, then what is assumed.
struct SimulationScript: RehearsalScript {
    private var mocks: TestMocks
    private let assumptions: Assumptions
    /// What the real world was asked and has answered; nil: it is not asked.
    private let answers: [LiveQuestion: ActionOutcome]?
    /// Who answered each attempt.
    private(set) var origins: [SimulatedAttempt: SimulatedOrigin] = [:]
    /// What the real world is to be asked before this can be told.
    private(set) var unread: [RehearsedCall] = []
    /// What of the assumptions had to do with anything.
    private var usedAssumptions: Set<Assumptions.Key> = []
    /// Steps of each run whose change has been answered well.
    private var changed: [Int: Set<String>] = [:]

    init(
        mocks: TestMocks, assumptions: Assumptions, answers: [LiveQuestion: ActionOutcome]?
    ) {
        self.mocks = mocks
        self.assumptions = assumptions
        self.answers = answers
    }

    /// Mocks that nothing asked for.
    var unusedMocks: [String] { mocks.unused.map(\.key) }
    /// What was assumed and had to do with nothing: `recovered` where no rule has an `until`.
    var unusedAssumptions: [String] { assumptions.texts(without: usedAssumptions) }

    mutating func reply(to call: RehearsedCall) -> RehearsedReply {
        let (reply, origin) = answer(call)
        origins[SimulatedAttempt(call)] = origin
        if call.intent.effect.isChange, case .succeeded = reply.outcome {
            changed[call.run, default: []].insert(call.place.step)
        }
        return reply
    }

    private mutating func answer(
        _ call: RehearsedCall
    ) -> (RehearsedReply, SimulatedOrigin) {
        if let reply = mocks.mocked(call) { return (reply, .mock) }
        if call.intent.effect == .read { return read(call) }
        return (assumed(call), .assumed)
    }

    private mutating func read(_ call: RehearsedCall) -> (RehearsedReply, SimulatedOrigin) {
        if let answers, call.intent.provider != EnvironmentProgram.simulatedProvider {
            if let outcome = answers[LiveQuestion(call)] {
                return (RehearsedReply(outcome), .read)
            }
            unread.append(call)
            return (RehearsedReply(.failed(.noData, retryable: false, message: "")), .read)
        }
        let place = call.place
        let verdict: Verdict
        switch place.question {
        case .until:
            let over = assumptions.ending(changed[call.run] ?? [])
            if let over { use(.recovered, of: over) }
            verdict = over == nil ? .unmet : .met
        case .verify, .probe:
            verdict = assumptions.word(for: place.step) == .lost ? .unmet : .met
        // `wait_for` asks at `STEP/1`, `STEP/2`, …
        case nil where CallPlace.round(of: call.path) != call.path:
            let word = assumptions.word(for: place.step)
            use(word, of: place.step)
            verdict = word == .fail ? .unmet : .met
        case nil: return (unknown(call), .assumed)
        }
        return (RehearsedReply(.succeeded([:]), verdict: verdict), .assumed)
    }

    /// What is only read is not known, unless it is assumed not to come.
    private mutating func unknown(_ call: RehearsedCall) -> RehearsedReply {
        if [.fail, .lost].contains(assumptions.word(for: call.place.step)) { return assumed(call) }
        return RehearsedReply(
            .failed(
                .noData, retryable: false,
                message: "what it reads is not known: --mocks FILE says it, or --live-reads"))
    }

    private mutating func assumed(_ call: RehearsedCall) -> RehearsedReply {
        let word = assumptions.word(for: call.place.step)
        switch word {
        case .deny: return RehearsedReply(.succeeded([:]))
        case .recovered:
            guard call.awaitsSource, call.intent.effect.isChange, !call.place.isRollback else {
                return RehearsedReply(.succeeded([:]))
            }
            use(word, of: call.place.step)
            return RehearsedReply(.succeeded([:]), notice: RehearsedNotice(.resolved))
        case .ok:
            use(word, of: call.place.step)
            return RehearsedReply(.succeeded([:]))
        case .fail:
            use(word, of: call.place.step)
            return RehearsedReply(
                .failed(.unavailable, retryable: true, message: "assumed to fail"))
        case .lost:
            use(word, of: call.place.step)
            return RehearsedReply(
                .lost(.timeout, message: "assumed to be lost"), after: call.intent.timeout)
        }
    }

    private mutating func use(_ word: Assumptions.Word, of step: String) {
        usedAssumptions.formUnion(assumptions.keys(of: word, for: step))
    }

    mutating func consent(to request: RehearsedRequest) -> RehearsedConsent? {
        if let consent = mocks.consent(to: request) { return consent }
        let able = request.from.people?.filter { $0 != request.beganBy } ?? ["somebody"]
        guard let person = able.first.map({ Person($0) }) else { return nil }
        let step = CallPlace(path: request.step).step
        let denies = assumptions.word(for: step) == .deny
        use(denies ? .deny : .ok, of: step)
        return RehearsedConsent(denies ? .denied(by: person) : .granted(by: person))
    }
}
