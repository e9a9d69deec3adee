/// A value of the Redis serialisation protocol, version 2.
package enum RESPValue: Sendable, Hashable {
    case text(String)
    case error(String)
    case integer(Int64)
    /// Nil is the protocol's null.
    case bytes([UInt8]?)
    case array([RESPValue]?)

    /// The bytes as text, for replies that are text.
    package var string: String? {
        switch self {
        case .text(let text): text
        case .bytes(let bytes?): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }

    package var items: [RESPValue]? { if case .array(let items) = self { items } else { nil } }

    /// A command as its array of bulk strings.
    package static func command(_ parts: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(parts.count)\r\n".utf8)
        for part in parts {
            bytes += Array("$\(part.count)\r\n".utf8) + part + [13, 10]
        }
        return bytes
    }
}

/// Why bytes are no reply.
package struct RESPError: Error, Sendable, Hashable {
    package let message: String
}

/// Reads replies from bytes as they come.
package struct RESPDecoder: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Bounds of one reply, so that a server cannot fill our memory.
    private static let longest = 64 << 20
    private static let deepest = 8
    private static let mostItems = 1 << 20

    package init() {}

    package mutating func feed(_ more: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += more
    }

    /// The next whole reply, or nil if more bytes are needed.
    package mutating func next() throws(RESPError) -> RESPValue? {
        var place = start
        guard let value = try value(&place, depth: 0) else {
            if bytes.count - start > RESPDecoder.longest {
                throw RESPError(message: "a reply of more than \(RESPDecoder.longest) bytes")
            }
            return nil
        }
        start = place
        return value
    }

    private func value(_ place: inout Int, depth: Int) throws(RESPError) -> RESPValue? {
        guard let line = line(&place) else { return nil }
        guard let kind = line.first else {
            throw RESPError(message: "an empty line in place of a reply")
        }
        let rest = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .text(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: ":"): return .integer(Int64(try number(rest)))
        case UInt8(ascii: "$"): return try bulk(number(rest), &place)
        case UInt8(ascii: "*"): return try array(number(rest), &place, depth)
        default: throw RESPError(message: "a reply that begins with byte \(kind)")
        }
    }

    /// Up to the line's end, which is passed; nil if it is not there yet.
    private func line(_ place: inout Int) -> ArraySlice<UInt8>? {
        guard let end = bytes[place...].firstIndex(of: 13), end + 1 < bytes.count else {
            return nil
        }
        defer { place = end + 2 }
        return bytes[place..<end]
    }

    private func number(_ text: ArraySlice<UInt8>) throws(RESPError) -> Int {
        guard let number = Int(String(decoding: text, as: UTF8.self)) else {
            throw RESPError(message: "a number was expected in a reply")
        }
        return number
    }

    private func bulk(_ count: Int, _ place: inout Int) throws(RESPError) -> RESPValue? {
        if count == -1 { return .bytes(nil) }
        guard (0...RESPDecoder.longest).contains(count) else {
            throw RESPError(message: "a reply of \(count) bytes")
        }
        guard place + count + 2 <= bytes.count else { return nil }
        defer { place += count + 2 }
        return .bytes(Array(bytes[place..<place + count]))
    }

    private func array(_ count: Int, _ place: inout Int, _ depth: Int) throws(RESPError)
        -> RESPValue?
    {
        if count == -1 { return .array(nil) }
        guard (0...RESPDecoder.mostItems).contains(count), depth < RESPDecoder.deepest else {
            throw RESPError(message: "a reply of \(count) items at depth \(depth)")
        }
        var items: [RESPValue] = []
        for _ in 0..<count {
            guard let item = try value(&place, depth: depth + 1) else { return nil }
            items.append(item)
        }
        return .array(items)
    }
}
