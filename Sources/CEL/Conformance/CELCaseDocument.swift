/// A decoded JSON value, as far as conformance cases need one; the caller brings the reader.
public protocol CELCaseDocument {
    /// A string's text, else nil.
    var caseText: String? { get }
    /// A boolean's truth, else nil.
    var caseTruth: Bool? { get }
    /// An array's elements, else nil.
    var caseItems: [Self]? { get }
    /// An object's members in order, else nil.
    var caseMembers: [(name: String, value: Self)]? { get }
}

extension CELCaseDocument {
    func caseMember(_ name: String) -> Self? {
        caseMembers?.first { $0.name == name }?.value
    }
}
