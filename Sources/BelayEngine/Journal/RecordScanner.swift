import BelayCompiler
import Cryptography

/// Reads canonical record bytes in one pass, knowing the order of the members: what it accepts is canonical by
/// construction, so nothing need be written again to compare.
///
/// It gives up (`nil`) at the first thing that is not so, an escape in a string included; the careful reader then
/// decides and finds words for it.
struct RecordScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0
    private var isFirst = true

    static func record(_ bytes: UnsafeBufferPointer<UInt8>) -> JournalRecord? {
        var scanner = RecordScanner(bytes: bytes)
        guard let record = scanner.record(), scanner.place == bytes.count else { return nil }
        return record
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func record() -> JournalRecord? {
        guard take("{"), let actor = text("actor").flatMap({ RecordActor($0) }),
            key("at"), let at = time()
        else { return nil }
        let attempt = integer("attempt")
        guard let boot = text("boot") else { return nil }
        let causedBy = text("caused_by")
        let epoch = integer("epoch")
        let (error, errorHolds) = error()
        guard errorHolds, let id = text("id") else { return nil }
        let idem = text("idem")
        let incident = text("incident")
        let input = digest("input")
        let item = integer("item")
        guard let kind = text("kind").flatMap({ Self.kinds[$0] }), let log = text("log"),
            let node = text("node")
        else { return nil }
        let outcome = text("outcome")
        let output = digest("output")
        guard let commitments = commitments(input, output) else { return nil }
        let prev = digest("prev")
        let provider = text("provider")
        let reason = text("reason")
        let rule = text("rule")
        let run = text("run")
        let (runbook, runbookHolds) = runbook()
        let step = text("step")
        let target = digest("target")
        guard runbookHolds, integer("v") == JournalRecord.version, take("}") else { return nil }
        return JournalRecord(
            id: id, log: log, at: at, node: node, boot: boot, kind: kind, actor: actor,
            incident: incident, run: run, step: step, item: item, attempt: attempt, epoch: epoch,
            runbook: runbook, rule: rule, provider: provider, target: target, idem: idem,
            outcome: outcome, error: error, reason: reason, causedBy: causedBy,
            commitments: commitments, prev: prev)
    }

    private static let kinds = Dictionary(
        uniqueKeysWithValues: RecordKind.allCases.map { ($0.rawValue, $0) })

    // MARK: Members. One that is absent, or not of its form, is nil and leaves the place where it was.

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[place + offset] != text.utf8Start[offset] {
            return false
        }
        place += count
        if count == 1, text.utf8Start[0] == UInt8(ascii: "{") { isFirst = true }
        return true
    }

    /// A comma unless it is the first member, the name and the colon.
    private mutating func key(_ name: StaticString) -> Bool {
        let start = place
        if (isFirst || take(",")) && take("\"") && take(name) && take("\":") {
            isFirst = false
            return true
        }
        place = start
        return false
    }

    private mutating func text(_ name: StaticString) -> String? {
        let start = place
        let first = isFirst
        if key(name), let text = string() { return text }
        place = start
        isFirst = first
        return nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = place
        while place < bytes.count {
            let unit = bytes[place]
            if unit == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(rebasing: bytes[start..<place])
                place += 1
                return String(validating: text, as: UTF8.self)
            }
            guard unit >= 0x20, unit != UInt8(ascii: "\\") else { return nil }
            place += 1
        }
        return nil
    }

    private mutating func integer(_ name: StaticString) -> Int? {
        let start = place
        guard key(name) else { return nil }
        let digits = place
        var value = 0
        while place < bytes.count, (0x30...0x39).contains(bytes[place]), place - digits < 16 {
            value = value * 10 + Int(bytes[place] - 0x30)
            place += 1
        }
        let count = place - digits
        if count > 0, count == 1 || bytes[digits] != 0x30, value <= 1 << 53 { return value }
        place = start
        return nil
    }

    private mutating func digest(_ name: StaticString) -> Digest? {
        let start = place
        if key(name), let digest = digest() { return digest }
        place = start
        return nil
    }

    private mutating func digest() -> Digest? {
        let end = place + 2 + 2 * Digest.byteCount
        guard end <= bytes.count, bytes[place] == UInt8(ascii: "\""),
            bytes[end - 1] == UInt8(ascii: "\""),
            let digest = Digest(
                lowerCaseHex: UnsafeBufferPointer(rebasing: bytes[place + 1..<end - 1]))
        else { return nil }
        place = end
        return digest
    }

    private mutating func error() -> (RecordError?, Bool) {
        guard key("error") else { return (nil, true) }
        guard take("{"), let kind = text("class") else { return (nil, false) }
        let code = text("code")
        return (RecordError(class: kind, code: code), take("}"))
    }

    private mutating func runbook() -> (RunbookReference?, Bool) {
        guard key("runbook") else { return (nil, true) }
        guard take("{"), let name = text("name"), let program = digest("sha256"), take("}") else {
            return (nil, false)
        }
        return (RunbookReference(name: name, program: program), true)
    }

    private mutating func commitments(_ input: Digest?, _ output: Digest?) -> [Commitment]? {
        var result: [Commitment] = []
        if let input { result.append(Commitment(name: "input", hash: input)) }
        if let output { result.append(Commitment(name: "output", hash: output)) }
        guard key("payloads") else { return result }
        guard take("{") else { return nil }
        var last: String?
        repeat {
            guard let name = string(), take(":"), let hash = digest(),
                last.map({ $0.utf16.lexicographicallyPrecedes(name.utf16) }) ?? true,
                !JournalRecord.ownMembers.contains(name)
            else { return nil }
            result.append(Commitment(name: name, hash: hash))
            last = name
        } while take(",")
        isFirst = false
        return take("}") ? result.sortedByName() : nil
    }

    /// `"2026-03-01T02:00:00.000000Z"` and nothing else.
    private mutating func time() -> Timestamp? {
        guard place + 29 <= bytes.count, bytes[place] == UInt8(ascii: "\""),
            bytes[place + 28] == UInt8(ascii: "\"")
        else { return nil }
        let start = place + 1
        for (offset, mark) in zip([4, 7, 10, 13, 16, 19, 26], "--T::.Z".utf8)
        where bytes[start + offset] != mark { return nil }
        guard let year = number(start, 4), let month = number(start + 5, 2),
            let day = number(start + 8, 2), let hour = number(start + 11, 2),
            let minute = number(start + 14, 2), let second = number(start + 17, 2),
            let micros = number(start + 20, 6), hour < 24, minute < 60, second < 60,
            (1...12).contains(month), (1...CivilDate.daysIn(month: month, of: year)).contains(day)
        else { return nil }
        place += 29
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(microseconds: seconds * 1_000_000 + Int64(micros))
    }

    private func number(_ start: Int, _ count: Int) -> Int? {
        var value = 0
        for unit in bytes[start..<start + count] {
            guard (0x30...0x39).contains(unit) else { return nil }
            value = value * 10 + Int(unit - 0x30)
        }
        return value
    }
}
