import BelayCompiler
import JSON

/// What the steps of one chain see: the results before them, parameters and the item at hand.
///
/// A called chain has a frame of its own, so its expressions cannot depend on who calls it.
struct Frame {
    var steps = JSONObject()
    var params: JSONObject
    var item: JSONValue?
    /// The first failure that was not tolerated.
    var failure: Failure?
    /// Whether `until` is asked after changes here: not inside `parallel` and `for_each`, and not in handlers.
    var asksUntil: Bool
    /// Handlers run after a failure and have no handlers.
    var isHandler = false

    struct Failure {
        var path: String
        var step: Step
        var end: StepEnd
    }

    /// A frame whose steps do not ask `until`.
    var withoutAsking: Frame {
        var frame = self
        frame.asksUntil = false
        return frame
    }
}
