package import BelayCompiler
import JSON

/// One run of a rehearsal: what happened in it, when, and where it ended.
package struct RehearsedRun: Sendable {
    package let context: RunContext
    package var state = RunState()
    /// In the order in which they would be recorded.
    package var events: [TimedEvent] = []
    /// All calls, questions too, in the order in which they began.
    package var calls: [RehearsedCall] = []
    /// What it waits for, if it has not finished.
    package var waits: [RunWait] = []

    package struct TimedEvent: Sendable, Hashable {
        package var at: Timestamp
        package var event: RunEvent
    }

    package init(context: RunContext) { self.context = context }

    package var result: RunResult? { state.result }

    /// Calls that are no reads, in order: what tests compare.
    package var visibleCalls: [RehearsedCall] { calls.filter { $0.intent.effect != .read } }

    /// How it stands in one word: a result's status, `waiting`, or `running` if a rehearsal was cut.
    package var outcome: String {
        if let result { return result.status.rawValue }
        let isHeld = waits.contains {
            switch $0 {
            case .approval, .person, .signal: true
            case .call, .timer: false
            }
        }
        return isHeld ? "waiting" : "running"
    }

    package var reason: String? {
        if let result { return result.reason }
        for wait in waits {
            switch wait {
            case .person: return "person"
            case .approval: return "approval"
            case .signal: return "signal"
            case .call, .timer: continue
            }
        }
        return nil
    }

    /// How each step ended, by its id, in the order of the rule and then of its handlers.
    package var stepEnds: [StepReport] { Interpreter.report(context, state) }
}
