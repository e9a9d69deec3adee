/// Durations as the language writes them: whole numbers with `d`, `h`, `m`, `s`, `ms`, from large to small.
package enum DurationText {
    /// Why a text is no duration.
    package enum Fault: Error, Sendable, Hashable {
        case noUnit
        case malformed
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
    /// The longest that can be written: ten years.
    private static let longest: Int64 = 3_650 * 86_400_000

    /// `1h30m` as a duration; a number without a unit is a fault of its own.
    package static func parse(_ text: String) -> Result<Duration, Fault> {
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else { return .failure(.malformed) }
        if rest.allSatisfy(CoreSchema.isDigit) { return .failure(.noUnit) }
        var total: Int64 = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: CoreSchema.isDigit)
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !CoreSchema.isDigit($0) }
            rest = rest.dropFirst(unit.count)
            let name = String(decoding: unit, as: UTF8.self)
            guard let count = Int64(String(decoding: digits, as: UTF8.self)),
                let place = units[next...].firstIndex(where: { $0.name == name }),
                case (let part, let over) = count.multipliedReportingOverflow(
                    by: units[place].milliseconds), !over,
                part <= longest, total + part <= longest
            else { return .failure(.malformed) }
            total += part
            next = place + 1
        }
        return .success(.milliseconds(total))
    }
}

/// Sizes as the language writes them: a whole number with `B`, `KiB`, `MiB`, `GiB`, `TiB` or `kB`, `MB`, `GB`, `TB`.
package enum SizeText {
    private static let units: [(name: String, bytes: Int64)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ]

    /// `64KiB` in bytes; a number without a unit is a fault of its own.
    package static func parse(_ text: String) -> Result<Int64, DurationText.Fault> {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix(while: CoreSchema.isDigit)
        guard !digits.isEmpty else { return .failure(.malformed) }
        let name = String(decoding: bytes[digits.count...], as: UTF8.self)
        if name.isEmpty { return .failure(.noUnit) }
        guard let count = Int64(String(decoding: digits, as: UTF8.self)),
            let unit = units.first(where: { $0.name == name }),
            case (let size, let over) = count.multipliedReportingOverflow(by: unit.bytes), !over
        else { return .failure(.malformed) }
        return .success(size)
    }
}

extension ReadingContext {
    func duration(_ node: YAMLNode) -> Located<Duration>? {
        guard let text = text(node, "a duration such as `30s`") else { return nil }
        switch DurationText.parse(text.value) {
        case .success(let value): return Located(value, at: text.span)
        case .failure(.noUnit):
            report(
                .missingUnit, "\(text.value) of what? a duration needs its unit", at: text.span,
                help: [
                    "write `\(text.value)s` or `\(text.value)m`; units are `ms`, `s`, `m`, `h`, `d`"
                ])
        case .failure(.malformed):
            report(
                .invalidValue, "`\(text.value)` is no duration", at: text.span,
                help: [
                    "write whole numbers with `d`, `h`, `m`, `s`, `ms`, from large to small: `1h30m`"
                ])
        }
        return nil
    }

    func percentage(_ node: YAMLNode) -> Located<Percentage>? {
        guard let text = text(node, "a percentage such as `25%`") else { return nil }
        let hasSign = text.value.hasSuffix("%")
        let number = hasSign ? String(text.value.dropLast()) : text.value
        guard NumberForm(Array(number.utf8)).matches, let value = Double(number) else {
            report(
                .invalidValue, "`\(text.value)` is no percentage", at: text.span,
                help: ["write it as `25%`"])
            return nil
        }
        guard hasSign else {
            report(
                .missingUnit, "\(number) of what? a percentage needs its `%`", at: text.span,
                help: ["write `\(number)%`"],
                fix: Fix("add the unit", replace: text.span, with: "\(number)%"))
            return nil
        }
        guard value > 0, value <= 100 else {
            report(
                .invalidValue, "\(text.value) is out of bounds", at: text.span,
                label: "must be above 0% and at most 100%")
            return nil
        }
        return Located(Percentage(value: value), at: text.span)
    }
}
