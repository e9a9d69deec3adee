internal import JSON

/// Conformance cases as JSON lines: `{id, pattern, event, match}` or `{id, pattern, valid}`, run and counted.
///
/// `pattern` and `event` are objects, or texts that hold JSON where spelling or repeated keys matter.
public struct PatternCases: Sendable {
    /// A case that did not come out as expected.
    public struct Failure: Sendable {
        public let id: String
        /// What was expected and what came instead, in one line.
        public let message: String
    }

    public private(set) var passed = 0
    public private(set) var failures: [Failure] = []

    /// Runs every line of a file's bytes; a line that is no case is a failure named by its number.
    public init(lines: [UInt8], options: PatternOptions = .eventBridge) {
        var number = 0
        for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            run(Array(line), number, options)
        }
    }

    /// `N passed, N failed`.
    public var summary: String { "\(passed) passed, \(failures.count) failed" }

    private mutating func run(_ line: [UInt8], _ number: Int, _ options: PatternOptions) {
        guard let value = try? JSONParser.parse(line), let text = Self.document(value["pattern"])
        else {
            failures.append(Failure(id: "line \(number)", message: "not a case"))
            return
        }
        let id = value["id"]?.stringValue ?? "line \(number)"
        let fault: String?
        if let valid = value["valid"]?.boolValue {
            fault = validity(text, valid, options)
        } else if let event = Self.document(value["event"]), let wanted = value["match"]?.boolValue
        {
            fault = match(text, event, wanted, options)
        } else {
            fault = "not a case"
        }
        if let fault {
            failures.append(Failure(id: id, message: fault))
        } else {
            passed += 1
        }
    }

    /// A pattern or event as JSON: itself, or the text that holds it.
    private static func document(_ value: JSONValue?) -> String? {
        value.map { $0.stringValue ?? $0.text() }
    }

    private func validity(_ text: String, _ valid: Bool, _ options: PatternOptions) -> String? {
        do throws(PatternError) {
            _ = try EventPattern(json: text, options: options)
            return valid ? nil : "accepted, expected to be refused"
        } catch {
            return valid ? "refused, expected to be accepted: \(error)" : nil
        }
    }

    private func match(_ text: String, _ event: String, _ wanted: Bool, _ options: PatternOptions)
        -> String?
    {
        do {
            var builder = MatcherBuilder(keysAreWhole: options.keysAreWhole)
            try builder.add("rule", try EventPattern(json: text, options: options))
            let found = !(try builder.build().rules(matching: Array(event.utf8))).isEmpty
            return found == wanted
                ? nil
                : "expected \(wanted ? "a match" : "no match"), found \(found ? "one" : "none")"
        } catch {
            return "expected \(wanted ? "a match" : "no match"), but: \(error)"
        }
    }
}
