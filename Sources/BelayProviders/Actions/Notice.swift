import BelayEngine

/// What people are told: the step's own words, or the incident's.
struct Notice: Sendable {
    let subject: String
    let message: String

    init(_ call: ActionCall) {
        let incident = call.request.incident
        let priority = incident.priority.rawValue.uppercased()
        subject = call.text("subject") ?? "[\(priority)] Incident \(incident.id) requires attention"
        message = call.text("message") ?? Notice.standard(incident)
    }

    private static func standard(_ incident: Incident) -> String {
        var lines = ["Incident: \(incident.id)", "Priority: \(incident.priority.rawValue)"]
        lines.append("Title: \(incident.title ?? incident.type)")
        if let target = incident.target { lines.append("Target: \(target)") }
        if let description = incident.description { lines.append("Description: \(description)") }
        return lines.joined(separator: "\n")
    }
}

/// Text for a terminal or a log: nothing in it can move the cursor or begin a line.
enum PrintableText {
    /// Control characters, and those that reverse the direction of text, as `\u{…}`; a line break as `\n`.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0a: out += "\\n"
            case 0x09: out += "\\t"
            case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff:
                out += "\\u{\(String(scalar.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
