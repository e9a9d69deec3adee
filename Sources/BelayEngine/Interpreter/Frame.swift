import BelayCompiler
import JSON

/// The values that expressions of one chain see by name, the incident and its like aside.
struct Names {
    var steps = JSONObject()
    var params: JSONObject
    var item: JSONValue?
    /// In handlers: which step failed, how and why.
    var failure: JSONValue?
    /// What the step at hand acts on, for `resource` in its `verify` and `rollback`; nil: what the rule acts on.
    var target: String?
}

/// What the steps of one chain see and share: the results before them, parameters, and whether one has failed.
///
/// A called chain has a frame of its own, so its expressions cannot depend on who calls it.
struct Frame {
    var names: Names
    /// The first failure that was not tolerated.
    var failure: Failure?
    /// Whether `until` is asked around changes here: not inside `parallel` and `for_each`, and not in handlers.
    var asksUntil: Bool
    /// Handlers run after a failure and have no handlers.
    var isHandler = false

    /// A failure with the innermost step that it began at and the nearest handler.
    struct Failure {
        var path: String
        var end: StepEnd
        var handler: Handler?
    }

    /// An `on_failure` and the names that its steps see.
    struct Handler {
        var steps: [Step]
        var names: Names
    }

    /// The frame of a branch or an item, whose steps do not ask `until`.
    func branch(item: JSONValue? = nil) -> Frame {
        var frame = self
        frame.asksUntil = false
        frame.names.item = item ?? names.item
        return frame
    }
}
