extension CoreSchema {
    /// What YAML 1.1 tools make of a plain scalar where that differs from the core schema, as words for a message.
    package static func otherReading(of scalar: YAMLScalar) -> String? {
        guard scalar.style == .plain else { return nil }
        let text = scalar.text
        if let bool = oldBool(text) { return "the boolean `\(bool)`" }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isDigit(first) || "+-.".utf8.contains(first) else {
            return nil
        }
        if isOctal(bytes) { return "the octal number \(oldOctal(bytes))" }
        if isNewOctal(bytes) { return "text" }
        if isSexagesimal(bytes) { return "a number in base 60" }
        if isDate(bytes) { return "a date" }
        if isGrouped(bytes) { return "the number \(text.filter { $0 != "_" })" }
        if isBinary(bytes) { return "a binary number" }
        if hasBareExponent(bytes) { return "text" }
        return nil
    }

    private static func oldBool(_ text: String) -> Bool? {
        switch text {
        case "yes", "Yes", "YES", "on", "On", "ON": true
        case "no", "No", "NO", "off", "Off", "OFF": false
        default: nil
        }
    }

    private static func unsigned(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-")
            ? bytes.dropFirst() : bytes[...]
    }

    private static func isOctal(_ bytes: [UInt8]) -> Bool {
        let digits = unsigned(bytes)
        return digits.count > 1 && digits.first == UInt8(ascii: "0")
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    }

    private static func oldOctal(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return Int64(text, radix: 8).map(String.init) ?? text
    }

    private static func isNewOctal(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == UInt8(ascii: "0") && bytes[1] == UInt8(ascii: "o")
            && bytes[2...].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    }

    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == UInt8(ascii: "0") && bytes[1] == UInt8(ascii: "b")
            && bytes[2...].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
    }

    /// `12:30:45`, `190:20.5`: groups after the first are below 60.
    private static func isSexagesimal(_ bytes: [UInt8]) -> Bool {
        let groups = unsigned(bytes).split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count > 1, groups[0].first.map(isDigit) == true, groups[0].allSatisfy(isDigit)
        else {
            return false
        }
        return groups.dropFirst().enumerated().allSatisfy { place, group in
            let isLast = place == groups.count - 2
            let whole = isLast ? group.prefix { $0 != UInt8(ascii: ".") } : group
            guard (1...2).contains(whole.count), whole.allSatisfy(isDigit) else { return false }
            return (Int(String(decoding: whole, as: UTF8.self)) ?? 60) < 60
        }
    }

    /// `2026-03-01`, alone or followed by a time.
    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 8, bytes[..<4].allSatisfy(isDigit), bytes[4] == dash else {
            return false
        }
        let rest = bytes[5...]
        let month = rest.prefix(while: isDigit)
        let day = rest.dropFirst(month.count + 1).prefix(while: isDigit)
        let end = month.endIndex + 1 + day.count
        guard (1...2).contains(month.count), (1...2).contains(day.count),
            bytes[month.endIndex] == dash
        else { return false }
        return end == bytes.count || "Tt ".utf8.contains(bytes[end])
    }

    private static func isGrouped(_ bytes: [UInt8]) -> Bool {
        guard bytes.contains(UInt8(ascii: "_")), bytes.last != UInt8(ascii: "_") else {
            return false
        }
        return NumberForm(bytes.filter { $0 != UInt8(ascii: "_") }).matches
            && unsigned(bytes).first.map(isDigit) == true
    }

    /// `1e3`, `1.5e3`: YAML 1.1 wants a point and a signed exponent.
    private static func hasBareExponent(_ bytes: [UInt8]) -> Bool {
        guard NumberForm(bytes).matches,
            let exponent = bytes.firstIndex(where: {
                $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
            })
        else { return false }
        return !bytes[..<exponent].contains(UInt8(ascii: "."))
            || !"+-".utf8.contains(bytes[exponent + 1])
    }
}
