package import BelayCompiler

/// The pure state machine of a run: state and input give events to record and effects to carry out.
///
/// Each advance applies the input and then walks the chain from its start, taking every answer that the state
/// already holds; where an answer is missing it asks for it and stops. So a run that was folded from its journal
/// stands exactly where it stood, and a dry run cannot disagree with a real one.
///
/// What is recorded stands: a notice, a cancellation or a deadline keeps new things from beginning and never
/// changes the meaning of what ended before.
package enum Interpreter {
    package struct Advance: Sendable {
        package var state: RunState
        /// To be recorded, in this order, before any effect starts.
        package var events: [RunEvent]
        package var effects: [RunEffect]
        /// All that the run waits for now; empty once it has finished.
        package var waits: [RunWait]
    }

    package static func advance(
        _ context: RunContext, _ state: RunState, _ input: RunInput, at now: Timestamp
    ) -> Advance {
        guard state.result == nil else {
            return Advance(state: state, events: [], effects: [], waits: [])
        }
        var walker = Walker(context: context, state: state, now: now)
        walker.take(input)
        walker.walkRun()
        return Advance(
            state: walker.state, events: walker.events, effects: walker.effects,
            waits: walker.state.result == nil ? walker.waits : [])
    }

    /// Whether a call's path is that of a question, whose answer changes nothing: `until`, `verify`, `probe`.
    package static func isQuestion(_ path: String) -> Bool {
        CallPlace(path: path).question != nil
    }
}
