extension StandardFunctions {
    static let strings: [CELFunction] = [
        member("charAt", .strings, .string, [[.int]], .string, .binary(charAt)),
        member(
            "indexOf", .strings, .string, [[.string], [.string, .int]], .int, .variadic(indexOf)),
        member(
            "lastIndexOf", .strings, .string, [[.string], [.string, .int]], .int,
            .variadic(lastIndexOf)),
        member("lowerAscii", .strings, .string, [[]], .string, .unary(lowerAscii)),
        member("upperAscii", .strings, .string, [[]], .string, .unary(upperAscii)),
        member(
            "replace", .strings, .string, [[.string, .string], [.string, .string, .int]], .string,
            .variadic(replace)),
        member(
            "split", .strings, .string, [[.string], [.string, .int]], .list(.string),
            .variadic(split)),
        member(
            "substring", .strings, .string, [[.int], [.int, .int]], .string, .variadic(substring)),
        member("trim", .strings, .string, [[]], .string, .unary(trim)),
        member("join", .strings, .list(.string), [[], [.string]], .string, .variadic(join)),
        member("format", .strings, .string, [[.list(.dyn)]], .string, .binary(format)),
        global(
            "strings.quote", .strings, [[.string]], .string,
            .unary { value throws(CELError) in
                guard case .string(let text) = value else {
                    throw CELError.noOverload("strings.quote", [value])
                }
                return .string(quoted(text))
            }),
        CELFunction(
            "reverse",
            [
                .member(of: .string, result: .string),
                .member(of: .list(.parameter("T")), result: .list(.parameter("T"))),
            ], .strings, .traversal, .unary(reverse)),
    ]

    private static func outOfRange(_ index: Int64) -> CELError {
        CELError(.outOfRange, "index out of range: \(index)")
    }

    @Sendable private static func charAt(
        _ value: CELValue, _ index: CELValue
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = value, case .int(let place) = index else {
            throw CELError.noOverload("charAt", [value, index])
        }
        let scalars = Array(text.unicodeScalars)
        guard place >= 0, place <= scalars.count else { throw outOfRange(place) }
        return .string(place == scalars.count ? "" : String(Character(scalars[Int(place)])))
    }

    // MARK: Search

    private static func codePoints(_ text: String) -> [Unicode.Scalar] {
        Array(text.unicodeScalars)
    }

    /// The code point at the place's byte offset; nil beyond the text.
    private static func byteOffset(_ place: Int, _ bytes: [UInt8]) -> Int? {
        var seen = 0
        for (i, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if seen == place { return i }
            seen += 1
        }
        return seen == place ? bytes.count : nil
    }

    private static func offset(_ values: [CELValue], _ bytes: [UInt8]) throws(CELError) -> Int? {
        guard values.count > 2 else { return nil }
        guard case .int(let place) = values[2] else {
            throw CELError.noOverload("indexOf", values)
        }
        guard place >= 0, let offset = byteOffset(Int(place), bytes) else {
            throw outOfRange(place)
        }
        return offset
    }

    private static func place(_ offset: Int, _ bytes: [UInt8]) -> CELValue {
        .int(bytes[..<offset].reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) })
    }

    private static func find(_ part: [UInt8], in whole: [UInt8], from start: Int) -> Int? {
        whole.withUnsafeBytes { a in part.withUnsafeBytes { findBytes($0, in: a, from: start) } }
    }

    @Sendable private static func indexOf(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .string(let text) = values[0], case .string(let part) = values[1] else {
            throw CELError.noOverload("indexOf", values)
        }
        let bytes = Array(text.utf8)
        let start = try offset(values, bytes) ?? 0
        guard let hit = find(Array(part.utf8), in: bytes, from: start) else { return .int(-1) }
        return place(hit, bytes)
    }

    @Sendable private static func lastIndexOf(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .string(let text) = values[0], case .string(let part) = values[1] else {
            throw CELError.noOverload("lastIndexOf", values)
        }
        let bytes = Array(text.utf8)
        let sought = Array(part.utf8)
        let last = try offset(values, bytes) ?? bytes.count
        let end = min(bytes.count, last + sought.count)
        let mirrored = Array(bytes[..<end].reversed())
        guard let hit = find(sought.reversed(), in: mirrored, from: 0) else { return .int(-1) }
        return place(end - hit - sought.count, bytes)
    }

    // MARK: Change

    private static func mapBytes(
        _ name: String, _ value: CELValue, _ change: (UInt8) -> UInt8
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = value else { throw CELError.noOverload(name, [value]) }
        return .string(String(decoding: text.utf8.map(change), as: UTF8.self))
    }

    @Sendable private static func lowerAscii(_ value: CELValue) throws(CELError) -> CELValue {
        try mapBytes("lowerAscii", value) { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    }

    @Sendable private static func upperAscii(_ value: CELValue) throws(CELError) -> CELValue {
        try mapBytes("upperAscii", value) { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 }
    }

    @Sendable private static func trim(_ value: CELValue) throws(CELError) -> CELValue {
        guard case .string(let text) = value else { throw CELError.noOverload("trim", [value]) }
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return .string(String(scalars))
    }

    @Sendable private static func reverse(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .string(let text):
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: text.unicodeScalars.reversed())
            return .string(String(scalars))
        case .list(let items): return .list(items.reversed())
        default: throw CELError.noOverload("reverse", [value])
        }
    }

    @Sendable private static func substring(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .string(let text) = values[0], case .int(let start) = values[1] else {
            throw CELError.noOverload("substring", values)
        }
        let scalars = codePoints(text)
        var end = Int64(scalars.count)
        if values.count > 2 {
            guard case .int(let given) = values[2] else {
                throw CELError.noOverload("substring", values)
            }
            end = given
        }
        guard start >= 0, start <= scalars.count else { throw outOfRange(start) }
        guard end >= 0, end <= scalars.count else { throw outOfRange(end) }
        guard start <= end else {
            throw CELError(
                .outOfRange, "invalid substring range: start \(start), end \(end)")
        }
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[Int(start)..<Int(end)])
        return .string(String(part))
    }

    // MARK: Split, join, replace

    private static func limit(_ values: [CELValue], at place: Int) -> Int? {
        guard values.count > place else { return -1 }
        guard case .int(let limit) = values[place] else { return nil }
        return Int(min(limit, 1 << 32))
    }

    @Sendable private static func split(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .string(let text) = values[0], case .string(let separator) = values[1],
            let limit = limit(values, at: 2)
        else { throw CELError.noOverload("split", values) }
        if limit == 0 { return .list([]) }
        if limit == 1 { return .list([values[0]]) }
        if text.isEmpty { return .list([values[0]]) }
        let pieces =
            separator.isEmpty
            ? characters(text, limit) : pieces(Array(text.utf8), Array(separator.utf8), limit)
        return .list(pieces.map { .string($0) })
    }

    private static func characters(_ text: String, _ limit: Int) -> [String] {
        let scalars = codePoints(text)
        guard limit > 0, limit < scalars.count else { return scalars.map { String(Character($0)) } }
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: scalars[(limit - 1)...])
        return scalars[..<(limit - 1)].map { String(Character($0)) } + [String(rest)]
    }

    /// The bytes between the separators; a positive limit is the most pieces there are.
    private static func pieces(_ bytes: [UInt8], _ separator: [UInt8], _ limit: Int) -> [String] {
        var pieces: [String] = []
        var start = 0
        bytes.withUnsafeBytes { whole in
            separator.withUnsafeBytes { part in
                while limit < 0 || pieces.count < limit - 1,
                    let hit = findBytes(part, in: whole, from: start)
                {
                    pieces.append(String(decoding: bytes[start..<hit], as: UTF8.self))
                    start = hit + separator.count
                }
            }
        }
        return pieces + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    @Sendable private static func replace(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .string(let text) = values[0], case .string(let old) = values[1],
            case .string(let new) = values[2], let limit = limit(values, at: 3)
        else { throw CELError.noOverload("replace", values) }
        if limit == 0 { return values[0] }
        let parts: [String]
        if old.isEmpty {
            let count = limit < 0 ? -1 : limit
            let scalars = characters(text, -1)
            let heads = count < 0 ? scalars.count + 1 : min(count, scalars.count + 1)
            let inserted = scalars.prefix(heads).map { new + $0 } + scalars.dropFirst(heads)
            try checkSize(text.utf8.count, heads, new.utf8.count)
            return .string(inserted.joined() + (heads > scalars.count ? new : ""))
        }
        parts = pieces(Array(text.utf8), Array(old.utf8), limit < 0 ? -1 : limit + 1)
        try checkSize(text.utf8.count, parts.count, new.utf8.count)
        return .string(parts.joined(separator: new))
    }

    /// No function builds more than 2 MiB, whatever the evaluation's own limits are.
    static func checkSize(_ base: Int, _ count: Int, _ each: Int) throws(CELError) {
        let (added, overflow) = count.multipliedReportingOverflow(by: each)
        guard !overflow, base + added <= 2 << 20 else {
            throw CELError(.sizeExceeded, "the text would be longer than 2 MiB")
        }
    }

    @Sendable private static func join(_ values: [CELValue]) throws(CELError) -> CELValue {
        guard case .list(let items) = values[0] else { throw CELError.noOverload("join", values) }
        var separator = ""
        if values.count > 1 {
            guard case .string(let text) = values[1] else {
                throw CELError.noOverload("join", values)
            }
            separator = text
        }
        var texts: [String] = []
        var size = 0
        for item in items {
            guard case .string(let text) = item else { throw CELError.noOverload("join", values) }
            size += text.utf8.count
            texts.append(text)
        }
        try checkSize(size, items.count, separator.utf8.count)
        return .string(texts.joined(separator: separator))
    }
}
