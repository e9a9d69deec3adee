import BelayCompiler
import Cryptography
import JSON

/// Makes the incidents of a test: its own fields, those that it extends, and what every incident of a test has.
struct TestIncidents {
    let file: RunbookTestFile
    let templates: TestTemplates

    /// The incident of a moment; `number` counts the deliveries of a case.
    func incident(
        _ reference: IncidentReference, at time: Timestamp, number: Int
    ) throws(TestProblem) -> Incident {
        var fields = JSONObject()
        switch reference {
        case .named(let name): try add(named: try templates.text(name), at: name.span, to: &fields)
        case .inline(let syntax): try add(syntax, depth: 0, to: &fields)
        }
        complete(&fields, at: time, number: number)
        guard let incident = Incident(stored: .object(fields)) else {
            throw TestProblem("this is no incident", at: reference.span)
        }
        return incident
    }

    private func add(
        named name: String, at span: SourceSpan, depth: Int = 0, to fields: inout JSONObject
    ) throws(TestProblem) {
        guard let named = file.incidents.first(where: { $0.name.value == name }) else {
            let known = file.incidents.map(\.name.value).joined(separator: ", ")
            throw TestProblem("there is no incident `\(name)` (known: \(known))", at: span)
        }
        try add(named.incident, depth: depth, to: &fields)
    }

    private func add(
        _ syntax: IncidentSyntax, depth: Int, to fields: inout JSONObject
    ) throws(TestProblem) {
        if let base = syntax.extends {
            guard depth < file.incidents.count else {
                throw TestProblem("`extends` goes in a circle", at: base.span)
            }
            try add(named: base.value, at: base.span, depth: depth + 1, to: &fields)
        }
        for member in syntax.fields {
            let value = try value(of: member)
            if case .object(let added) = value, case .object(var whole)? = fields[member.name.value]
            {
                for (name, value) in added { whole[name] = value }
                fields[member.name.value] = .object(whole)
            } else {
                fields[member.name.value] = value
            }
        }
    }

    private func value(of member: TemplateMember) throws(TestProblem) -> JSONValue {
        let name = member.name.value
        switch IncidentField.named(name)?.kind {
        case .text, .word, .time: return try templates.value(member.value, as: .string, name)
        case .texts: return try texts(member.value, name)
        case .numbers, .free, .links, nil: return try templates.value(member.value, name)
        }
    }

    private func texts(_ value: TemplateValue, _ name: String) throws(TestProblem) -> JSONValue {
        guard case .map(let members, _) = value else { return try templates.value(value, name) }
        var texts = JSONObject()
        for member in members {
            texts[member.name.value] = try templates.value(
                member.value, as: .string, member.name.value)
        }
        return .object(texts)
    }

    /// What the test does not say: id, fingerprint from type, target and labels, source `test`, firing, now.
    private func complete(_ fields: inout JSONObject, at time: Timestamp, number: Int) {
        let now = JSONValue.string(time.shortRFC3339)
        let standards: [(String, JSONValue)] = [
            ("id", .string("test-\(number)")), ("type", "test"), ("source", "test"),
            ("status", "firing"), ("priority", "medium"), ("started_at", now), ("received_at", now),
            ("fingerprint", .string(fingerprint(fields))),
        ]
        for (name, value) in standards where fields[name] == nil { fields[name] = value }
    }

    private func fingerprint(_ fields: JSONObject) -> String {
        let parts: JSONValue = [
            "type": fields["type"] ?? .null, "target": fields["target"] ?? .null,
            "labels": fields["labels"] ?? .null,
        ]
        return String(SHA256.hash(parts.canonicalBytes()).hex.prefix(16))
    }
}
