import CEL
package import JSON

extension JSONValue: CELCaseDocument {
    package var caseText: String? { if case .string(let text) = self { text } else { nil } }
    package var caseTruth: Bool? { if case .bool(let truth) = self { truth } else { nil } }
    package var caseItems: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    package var caseMembers: [(name: String, value: JSONValue)]? {
        if case .object(let object) = self { object.map { ($0.name, $0.value) } } else { nil }
    }
}
