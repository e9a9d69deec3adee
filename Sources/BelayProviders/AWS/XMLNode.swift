/// An element of a small XML answer: its name without prefix, its text and its children.
///
/// Document types are refused, so an entity is one of the five or a character reference.
package struct XMLNode: Sendable, Hashable {
    package private(set) var name = ""
    package private(set) var text = ""
    package private(set) var children: [XMLNode] = []

    /// Nil if the bytes are no well-formed document of this kind.
    package init?(_ bytes: [UInt8]) {
        var reader = XMLReader(bytes)
        guard let root = reader.document() else { return nil }
        self = root
    }

    fileprivate init(name: String) { self.name = name }

    fileprivate mutating func add(_ child: XMLNode) { children.append(child) }
    fileprivate mutating func add(_ piece: String) { text += piece }

    /// The first element of this name, in depth.
    package func first(_ name: String) -> XMLNode? {
        for child in children {
            if child.name == name { return child }
            if let found = child.first(name) { return found }
        }
        return nil
    }

    /// All direct children of this name.
    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The text of the first element of this name, in depth.
    package func text(_ name: String) -> String? { first(name)?.text }
}

/// Reads elements from left to right.
private struct XMLReader {
    private let bytes: [UInt8]
    private var place = 0
    private static let deepest = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> XMLNode? {
        guard skipProlog(), let root = element(depth: 0) else { return nil }
        skipSpace()
        return place == bytes.count ? root : nil
    }

    private mutating func skipProlog() -> Bool {
        while true {
            skipSpace()
            if starts(with: "<?") {
                guard skip(past: "?>") else { return false }
            } else if starts(with: "<!--") {
                guard skip(past: "-->") else { return false }
            } else {
                return !starts(with: "<!")
            }
        }
    }

    private mutating func element(depth: Int) -> XMLNode? {
        guard depth < XMLReader.deepest, take("<") else { return nil }
        let name = name()
        guard !name.isEmpty else { return nil }
        var node = XMLNode(name: String(name.split(separator: ":").last ?? ""))
        guard let isEmpty = endOfTag() else { return nil }
        if isEmpty { return node }
        while place < bytes.count {
            if starts(with: "</") {
                place += 2
                guard self.name() == name else { return nil }
                skipSpace()
                return take(">") ? node : nil
            } else if starts(with: "<!--") {
                guard skip(past: "-->") else { return nil }
            } else if starts(with: "<![CDATA[") {
                let start = place + 9
                guard skip(past: "]]>") else { return nil }
                node.add(String(decoding: bytes[start..<place - 3], as: UTF8.self))
            } else if starts(with: "<") {
                guard let child = element(depth: depth + 1) else { return nil }
                node.add(child)
            } else {
                guard let text = text() else { return nil }
                node.add(text)
            }
        }
        return nil
    }

    private mutating func name() -> String {
        let start = place
        while place < bytes.count, !isSpace(bytes[place]), !"/>=<".utf8.contains(bytes[place]) {
            place += 1
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// Passes attributes; whether the tag closes itself.
    private mutating func endOfTag() -> Bool? {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: ">") { return false }
            if byte == UInt8(ascii: "/") { return take(">") ? true : nil }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                guard let end = bytes[place...].firstIndex(of: byte) else { return nil }
                place = end + 1
            }
        }
        return nil
    }

    private mutating func text() -> String? {
        var out: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") {
            if bytes[place] == UInt8(ascii: "&") {
                guard let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
                    let character = XMLReader.entity(bytes[place + 1..<end])
                else { return nil }
                out += String(character).utf8
                place = end + 1
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func entity(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        switch String(decoding: name, as: UTF8.self) {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case let text where text.hasPrefix("#x"):
            return UInt32(text.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        case let text where text.hasPrefix("#"):
            return UInt32(text.dropFirst()).flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        guard starts(with: text) else { return false }
        place += text.utf8CodeUnitCount
        return true
    }

    private mutating func skip(past text: StaticString) -> Bool {
        while place < bytes.count {
            if take(text) { return true }
            place += 1
        }
        return false
    }

    private mutating func skipSpace() {
        while place < bytes.count, isSpace(bytes[place]) { place += 1 }
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
