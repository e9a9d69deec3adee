import BelayCompiler
package import JSON

/// How a step ended, as later steps and people see it.
package enum StepEnd: Sendable, Hashable {
    case ok(JSONValue)
    case failed(FailureClass, message: String)
    case timedOut(message: String)
    case skipped(SkipReason)
    case denied(by: String?)
    /// Whether it happened cannot be known, and nobody said.
    case unknown(message: String)

    /// `ok`, `failed`, `timed_out`, `skipped`, `denied` or `unknown`.
    package var outcome: String {
        switch self {
        case .ok: "ok"
        case .failed: "failed"
        case .timedOut: "timed_out"
        case .skipped: "skipped"
        case .denied: "denied"
        case .unknown: "unknown"
        }
    }

    package var isFailure: Bool {
        switch self {
        case .ok, .skipped: false
        case .failed, .timedOut, .denied, .unknown: true
        }
    }

    package var failureClass: String? {
        switch self {
        case .failed(let failure, _): failure.rawValue
        case .timedOut: FailureClass.timeout.rawValue
        case .denied: FailureClass.denied.rawValue
        case .unknown: FailureClass.interrupted.rawValue
        case .ok, .skipped: nil
        }
    }

    package var message: String? {
        switch self {
        case .failed(_, let message), .timedOut(let message), .unknown(let message): message
        case .denied(let person): person.map { "denied by \($0)" } ?? "nobody approved in time"
        case .ok, .skipped: nil
        }
    }

    /// `steps.ID` in expressions: outcome, ok, output, attempts, error.
    func json(attempts: Int, items: [JSONValue]? = nil) -> JSONValue {
        var object: JSONObject = [
            "outcome": .string(outcome), "ok": .bool(outcome == "ok"),
            "attempts": .integer(Int64(attempts)),
        ]
        if case .ok(let output) = self { object["output"] = output }
        if case .skipped(let reason) = self { object["reason"] = .string(reason.rawValue) }
        if let failureClass, let message {
            object["error"] = ["class": .string(failureClass), "message": .string(message)]
        }
        if let items { object["items"] = .array(items) }
        return .object(object)
    }
}
