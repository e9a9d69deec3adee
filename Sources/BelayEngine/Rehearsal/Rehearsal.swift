package import BelayCompiler
import JSON

/// Drives runs to their end on a virtual clock: no waiting, no world, the same interpreter as for real.
package struct Rehearsal<Script: RehearsalScript> {
    package private(set) var runs: [RehearsedRun] = []
    package private(set) var now: Timestamp
    package var script: Script
    /// Whether it was cut because it took more steps than any sensible chain takes.
    package private(set) var isCut = false
    /// Answers of people who were not asked, by step: they count for nothing.
    package private(set) var refused: [(step: String, why: ApproverRefusal)] = []
    /// What the source says by itself of the incident of a run, and when.
    private(set) var notices: [(run: Int, status: IncidentStatus, at: Timestamp)] = []
    private var agenda = Agenda()
    private var steps = 0
    /// What answers under way are taken to mean.
    private var verdicts: [Question: Verdict] = [:]

    private struct Question: Hashable {
        var run: Int
        var path: String
    }

    package init(at start: Timestamp, script: Script) {
        now = start
        self.script = script
    }

    /// Begins a run now; the answer is its place in `runs`.
    @discardableResult
    package mutating func begin(_ context: RunContext) -> Int {
        runs.append(RehearsedRun(context: context))
        advance(runs.count - 1, .start)
        return runs.count - 1
    }

    /// Lets something reach a run at a time to come.
    package mutating func schedule(_ input: RunInput, for run: Int, at time: Timestamp) {
        agenda.add(.init(at: max(time, now), run: run, input: input))
    }

    /// Whether something is still to happen by itself.
    package var isBusy: Bool {
        agenda.first != nil || runs.indices.contains { earliestTimer($0) != nil }
    }

    /// Lets everything happen that is due before a time (nil: everything), then stands at that time; or stops as
    /// soon as a run has ended, at that moment.
    package mutating func proceed(until limit: Timestamp? = nil, stoppingAtAnEnd: Bool = false) {
        while let next = nextHappening(before: limit) {
            steps += 1
            guard steps <= RehearsalBounds.steps else {
                isCut = true
                return
            }
            now = max(now, next.at)
            let wasOver = runs[next.run].result != nil
            advance(next.run, next.input)
            if stoppingAtAnEnd, !wasOver, runs[next.run].result != nil { return }
        }
        if let limit { now = max(now, limit) }
    }

    /// The earliest of what is scheduled and of what runs wait for; what was scheduled comes first.
    private mutating func nextHappening(before limit: Timestamp?) -> Agenda.Item? {
        let timer = runs.indices.compactMap { earliestTimer($0) }.min { $0.at < $1.at }
        let isScheduled = agenda.first.map { first in timer.map { first.at <= $0.at } ?? true }
        guard let next = isScheduled == true ? agenda.first : timer,
            limit.map({ next.at < $0 }) ?? true
        else { return nil }
        return isScheduled == true ? agenda.removeFirst() : next
    }

    private func earliestTimer(_ run: Int) -> Agenda.Item? {
        runs[run].waits.compactMap { wait in
            guard case .timer(let key, let due) = wait else { return nil }
            return Agenda.Item(at: due, run: run, input: .timerFired(key: key))
        }.min { $0.at < $1.at }
    }

    private mutating func advance(_ run: Int, _ input: RunInput) {
        var judged: RunEvent?
        if case .callEnded(let path, _, _) = input,
            let verdict = verdicts.removeValue(forKey: Question(run: run, path: path))
        {
            let event = RunEvent.judged(call: path, verdict)
            runs[run].state.apply(event, at: now)
            judged = event
        }
        let before = runs[run]
        let advance = Interpreter.advance(before.context, before.state, input, at: now)
        runs[run].state = advance.state
        runs[run].waits = advance.waits
        var events = advance.events
        if let judged { events.insert(judged, at: min(1, events.count)) }
        runs[run].events += events.map { .init(at: now, event: $0) }
        for effect in advance.effects { carryOut(effect, run) }
    }

    private mutating func carryOut(_ effect: RunEffect, _ run: Int) {
        switch effect {
        case .call(let path, let intent): call(path, intent, run)
        case .askApproval(let step, let from, _):
            let request = RehearsedRequest(
                run: run, step: step, from: from, beganBy: runs[run].context.actor,
                intent: runs[run].state.approvals[step]?.intent)
            guard let consent = script.consent(to: request) else { return }
            if let refusal = from.refusal(of: consent.decision, beganBy: request.beganBy) {
                refused.append((step, refusal))
            }
            schedule(
                .approval(step: step, consent.decision), for: run, at: now + consent.after)
        case .askPerson(let path):
            guard let call = runs[run].calls.last(where: { $0.path == path }),
                let decision = script.decision(on: call)
            else { return }
            schedule(.person(call: path, decision.decision), for: run, at: now + decision.after)
        case .timer, .finish: break
        }
    }

    private mutating func call(_ path: String, _ intent: CallIntent, _ run: Int) {
        var call = RehearsedCall(run: run, path: path, intent: intent, at: now)
        call.incident = runs[run].context.incident.id
        if case .sourceResolves? = runs[run].context.rule.until { call.awaitsSource = true }
        runs[run].calls.append(call)
        let reply = script.reply(to: call)
        let isLate = reply.after >= intent.timeout && reply.after > .zero
        let answer: ActionOutcome =
            isLate
            ? .lost(.timeout, message: "no answer within \(intent.timeout.text)") : reply.outcome
        let outcome = answer.judged(by: intent.recovery)
        let ended = now + (isLate ? intent.timeout : reply.after)
        schedule(
            .callEnded(call: path, attempt: intent.attempt, outcome), for: run, at: ended)
        if let verdict = reply.verdict { verdicts[Question(run: run, path: path)] = verdict }
        if let notice = reply.notice {
            schedule(.notice(notice.status), for: run, at: ended + notice.after)
            notices.append((run, notice.status, ended + notice.after))
        }
    }
}

/// Bounds of a rehearsal.
package enum RehearsalBounds {
    /// Inputs after which a rehearsal is cut.
    package static let steps = 20_000
    /// Where virtual time begins if a test does not say.
    package static let start = Timestamp(microseconds: 1_772_330_400_000_000)
}

/// What is to happen, in order of time and, at one time, of being scheduled.
private struct Agenda {
    struct Item {
        var at: Timestamp
        var run: Int
        var input: RunInput
    }

    private var items: [Item] = []

    var first: Item? { items.first }

    mutating func add(_ item: Item) {
        let place = items.firstIndex { item.at < $0.at } ?? items.endIndex
        items.insert(item, at: place)
    }

    mutating func removeFirst() -> Item { items.removeFirst() }
}
