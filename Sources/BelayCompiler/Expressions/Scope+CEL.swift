import CEL
import JSON

extension Scope {
    /// What a name stands for in this scope; nil if it is not set.
    func celValue(of name: String) -> CELValue? {
        if unknowns.contains(name) { return .unknown(name) }
        switch name {
        case "now": return .timestamp(now.cel)
        case "incident": return incident.map(Self.value)
        default: return values[name].map(CELValue.init)
        }
    }

    /// An incident with the types of its fields: metrics are doubles, times are timestamps.
    private static func value(_ incident: JSONObject) -> CELValue {
        .map(CELMap(incident.map { ($0.name, field($0.name, $0.value)) }))
    }

    private static func field(_ name: String, _ value: JSONValue) -> CELValue {
        switch IncidentShape.field(name)?.type {
        case .timestamp?:
            guard let text = value.stringValue, let time = Timestamp(rfc3339: text) else {
                return .null
            }
            return .timestamp(time.cel)
        case .numberMap?:
            let members = (value.objectValue ?? [:]).map {
                ($0.name, CELValue.double($0.value.doubleValue ?? .nan))
            }
            return .map(CELMap(members))
        default: return CELValue(value)
        }
    }
}

extension Timestamp {
    /// The same moment for CEL, which knows the years 1 to 9999.
    var cel: CELTimestamp {
        let micros = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000
        let seconds = (microseconds - micros) / 1_000_000
        guard let time = CELTimestamp(seconds: seconds, nanos: Int32(micros * 1000)) else {
            preconditionFailure("a time outside the years 1 to 9999")
        }
        return time
    }
}
