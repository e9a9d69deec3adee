package import JSON

/// One thing that `doctor` looked at, and what to do about it.
package struct Finding: Sendable, Hashable {
    package enum Status: String, Sendable, Comparable {
        case ok
        /// Works, but may not for long, or could not be found out.
        case warning
        /// A run would fail.
        case problem

        package static func < (left: Status, right: Status) -> Bool {
            left != right && (left == .ok || right == .problem)
        }
    }

    /// `setting`, `secret`, `credentials`, `identity`, `clock`, `reach`, `permission`, `plugin`, `store`.
    package let check: String
    package let status: Status
    package let message: String
    package let cure: String?

    package init(_ check: String, _ status: Status, _ message: String, cure: String? = nil) {
        self.check = check
        self.status = status
        self.message = message
        self.cure = cure
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "check": .string(check), "status": .string(status.rawValue),
            "message": .string(message),
        ]
        object["cure"] = cure.map(JSONValue.string)
        return .object(object)
    }
}
