/// Writes values as JSON text: compact in member order, indented for people, or canonical by RFC 8785.
package struct JSONWriter {
    /// How the text is laid out.
    package enum Layout: Sendable {
        case compact
        case pretty
        /// RFC 8785: members sorted by UTF-16 units, numbers as ECMAScript writes them.
        case canonical
    }

    private let layout: Layout
    package private(set) var bytes: [UInt8] = []

    package init(_ layout: Layout) { self.layout = layout }

    package mutating func write(_ value: JSONValue, indent: Int = 0) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): integer(value)
        case .number(let value): append(ECMAScriptNumber.text(value))
        case .bignum(let text): bignum(text)
        case .string(let text): string(text)
        case .array(let items): array(items, indent: indent)
        case .object(let object): self.object(object, indent: indent)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// RFC 8785 knows doubles only: an integer is written as the double it would be read as.
    private mutating func integer(_ value: Int64) {
        let exact = -(1 << 53)...(1 << 53)
        if layout == .canonical, !exact.contains(Int(value)) {
            append(ECMAScriptNumber.text(Double(value)))
        } else {
            append(String(value))
        }
    }

    private mutating func bignum(_ text: String) {
        if layout == .canonical, let value = Double(text) {
            append(ECMAScriptNumber.text(value))
        } else {
            append(text)
        }
    }

    private mutating func array(_ items: [JSONValue], indent: Int) {
        append("[")
        for (place, item) in items.enumerated() {
            if place > 0 { append(",") }
            newLine(indent + 1)
            write(item, indent: indent + 1)
        }
        if !items.isEmpty { newLine(indent) }
        append("]")
    }

    private mutating func object(_ object: JSONObject, indent: Int) {
        let members =
            layout == .canonical
            ? object.members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
            : object.members
        append("{")
        for (place, member) in members.enumerated() {
            if place > 0 { append(",") }
            newLine(indent + 1)
            string(member.name)
            append(layout == .pretty ? ": " : ":")
            write(member.value, indent: indent + 1)
        }
        if !members.isEmpty { newLine(indent) }
        append("}")
    }

    private mutating func newLine(_ indent: Int) {
        guard layout == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 8: append("\\b")
            case 9: append("\\t")
            case 10: append("\\n")
            case 12: append("\\f")
            case 13: append("\\r")
            case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    /// RFC 8785 canonical form, the bytes that are hashed and stored.
    package func canonicalBytes() -> [UInt8] { written(.canonical) }

    /// Compact text in member order.
    package func text() -> String { String(decoding: written(.compact), as: UTF8.self) }

    /// Text for people, two spaces a level.
    package func pretty() -> String { String(decoding: written(.pretty), as: UTF8.self) }

    private func written(_ layout: JSONWriter.Layout) -> [UInt8] {
        var writer = JSONWriter(layout)
        writer.write(self)
        return writer.bytes
    }
}
