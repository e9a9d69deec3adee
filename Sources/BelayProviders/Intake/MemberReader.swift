import BelayCompiler
import BelayEngine
import JSON

/// Reads the members of one object of a delivery; what is wrong is told with the member's path.
///
/// Absent, null and (where text is due) empty members are the same: not there.
struct MemberReader {
    let object: JSONObject
    /// Where the object stands: `alerts[2]`, or empty for the document itself.
    let path: String

    init(_ object: JSONObject, at path: String = "") {
        self.object = object
        self.path = path
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func value(_ name: String) -> JSONValue? {
        let value = object[name]
        return value?.isNull == true ? nil : value
    }

    func text(_ name: String) throws(DeliveryError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrong(name, "text", value) }
        return text.isEmpty ? nil : text
    }

    func required(_ name: String) throws(DeliveryError) -> String {
        guard let text = try text(name) else {
            throw DeliveryError(place(name), "missing; text is expected")
        }
        return text
    }

    func map(_ name: String) throws(DeliveryError) -> JSONObject {
        guard let value = value(name) else { return [:] }
        guard let object = value.objectValue else { throw wrong(name, "a map", value) }
        return object
    }

    /// A map of names to texts; numbers and booleans are read as they are written.
    func textMap(_ name: String) throws(DeliveryError) -> JSONObject {
        var texts = JSONObject()
        for member in try map(name) where !member.value.isNull {
            guard let text = member.value.scalarText else {
                throw wrong("\(name).\(member.name)", "text", member.value)
            }
            texts[member.name] = .string(text)
        }
        return texts
    }

    func numberMap(_ name: String) throws(DeliveryError) -> JSONObject {
        let numbers = try map(name)
        for member in numbers where member.value.doubleValue == nil {
            throw wrong("\(name).\(member.name)", "a number", member.value)
        }
        return numbers
    }

    /// A time in RFC 3339; the zero times that senders write for "not set" are no time.
    func time(_ name: String) throws(DeliveryError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw DeliveryError(
                place(name), "'\(text)' is no time in RFC 3339, such as 2026-03-01T02:00:00Z")
        }
        let isZero = text.hasPrefix("0001-01-01T00:00:00") || time.microseconds == 0
        return isZero ? nil : time
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type
    ) throws(DeliveryError) -> Word? where Word.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw DeliveryError(place(name), "'\(text)' is not one of \(known)")
        }
        return word
    }

    func wrong(_ name: String, _ expected: String, _ found: JSONValue) -> DeliveryError {
        DeliveryError(place(name), "\(expected) is expected, found \(found.kindName)")
    }
}
