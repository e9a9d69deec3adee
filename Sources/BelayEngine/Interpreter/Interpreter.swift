package import BelayCompiler

/// The pure state machine of a run: state and input give events to record and effects to carry out.
///
/// Each advance applies the input and then walks the chain from its start, taking every answer that the state
/// already holds; where an answer is missing it asks for it and stops. So a run that was folded from its journal
/// stands exactly where it stood, and a dry run cannot disagree with a real one.
package enum Interpreter {
    package struct Advance: Sendable {
        package var state: RunState
        /// To be recorded, in this order, before any effect starts.
        package var events: [RunEvent]
        package var effects: [RunEffect]
    }

    package static func advance(
        _ context: RunContext, _ state: RunState, _ input: RunInput, at now: Timestamp
    ) -> Advance {
        var walker = Walker(context: context, state: state, now: now)
        guard state.result == nil else { return Advance(state: state, events: [], effects: []) }
        walker.take(input)
        walker.walkRun()
        return Advance(state: walker.state, events: walker.events, effects: walker.effects)
    }

    /// What must be carried out again after a restart: timers and questions that are open.
    ///
    /// Calls that were under way are the driver's to settle, by their recovery class.
    package static func openEffects(_ state: RunState) -> [RunEffect] {
        let timers = state.timers.filter { $0.value.firedAt == nil }.sorted { $0.key < $1.key }
            .map { RunEffect.timer(key: $0.key, due: $0.value.due) }
        let approvals = state.approvals.filter { $0.value.decision == nil }.sorted {
            $0.key < $1.key
        }
        .map {
            RunEffect.askApproval(step: $0.key, from: $0.value.from, until: $0.value.until)
        }
        return timers + approvals
    }
}
