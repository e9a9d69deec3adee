import CFuzz
import EventPattern
import Foundation

/// Feeds the library a pattern and an event cut from one input at the first zero byte or line feed.
///
/// Whatever the bytes, nothing may crash or hang, and the three ways to match must agree.
@main
struct FuzzEventPattern {
    static func main() {
        var argc = CommandLine.argc
        var argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&argc, &argv) { bytes, count in
                try? FuzzEventPattern.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            })
    }

    private static let options = PatternOptions(
        contains: true, matches: true, keysAreWhole: [["labels"]])

    private static func run(_ input: [UInt8]) throws {
        let cut = input.firstIndex { $0 == 0 || $0 == 0x0A } ?? input.count
        let event = Array(input[min(cut + 1, input.count)...])
        let pattern = try? EventPattern(json: Array(input[..<cut]), options: options)
        var builder = MatcherBuilder(keysAreWhole: options.keysAreWhole)
        if let pattern { try builder.add("rule", pattern) }
        let matcher = builder.build()
        let scratch = matcher.makeScratch()
        let byBytes = Result { () throws(EventError) in try matcher.match(event, using: scratch) }
            .map { !scratch.rules.isEmpty }
        let value: EventValue
        do { value = try EventValue(json: event) } catch {
            if case .success = byBytes { fatalError("only one reader refused the event: \(error)") }
            return
        }
        guard case .success(let matched) = byBytes else {
            if case .failure(.tooManyChoices) = byBytes { return }
            fatalError("only one reader accepted the event: \(byBytes)")
        }
        try matcher.match(value, using: scratch)
        guard !scratch.rules.isEmpty == matched else { fatalError("bytes and values differ") }
        guard let pattern, try pattern.matches(value) == matched else {
            if pattern == nil { return }
            fatalError("the matcher and the plain evaluation differ")
        }
    }
}
