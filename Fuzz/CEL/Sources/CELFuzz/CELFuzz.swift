import CEL
import CLibFuzzer
import Glibc

/// `CELFuzz parse …`: any bytes are parsed and checked. `CELFuzz evaluate …`: what parses is also
/// evaluated, checked and unchecked, with a small budget, and explained. The rest of the arguments
/// are libFuzzer's.
@main struct CELFuzz {
    static func main() {
        var arguments = CommandLine.unsafeArgv
        var count = CommandLine.argc
        guard count > 1, let word = arguments[1] else { fatalError("parse or evaluate?") }
        let evaluates = strcmp(word, "evaluate") == 0
        arguments[1] = arguments[0]
        var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments + 1
        count -= 1
        let test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 =
            evaluates
            ? { FuzzTargets.evaluate(UnsafeBufferPointer(start: $0, count: $1)) }
            : { FuzzTargets.parse(UnsafeBufferPointer(start: $0, count: $1)) }
        exit(LLVMFuzzerRunDriver(&count, &rest, test))
    }
}

/// What is done with one input.
enum FuzzTargets {
    private static let environment = CELEnvironment(
        variables: [
            ("i", .int), ("u", .uint), ("d", .double), ("s", .string), ("y", .bytes), ("x", .dyn),
            ("l", .list(.int)), ("m", .map(.string, .dyn)), ("t", .timestamp), ("a.b", .int),
            ("later", .dyn),
        ], numericComparisons: .cross)

    private static let activation: CELActivation = {
        var activation = CELActivation(environment)
        activation.bind("i", .int(7))
        activation.bind("u", .uint(5))
        activation.bind("d", .double(2.5))
        activation.bind("s", .string("héllo wörld"))
        activation.bind("y", .bytes([97, 255]))
        activation.bind("x", .map(["a": .list([.int(1), .null, .double(.nan)])]))
        activation.bind("l", .list((0..<20).map { .int($0) }))
        activation.bind("m", .map(["env": .string("prod"), "n": .int(3)]))
        activation.bind("t", .timestamp(CELTimestamp("2026-03-01T02:00:00.5Z")!))
        activation.bind("a.b", .int(1))
        activation.bind("later", .unknown("later"))
        return activation
    }()

    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let tree = CELParser.parse(String(decoding: bytes, as: UTF8.self))
        precondition(tree.diagnostics.count <= 30)
        let outcome = CELChecker.check(tree, environment)
        for diagnostic in outcome.diagnostics {
            precondition(diagnostic.range.upperBound <= tree.source.utf8.count)
        }
        return 0
    }

    static func evaluate(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let tree = CELParser.parse(String(decoding: bytes, as: UTF8.self))
        guard tree.diagnostics.isEmpty else { return -1 }
        let limits = CELLimits(cost: 20_000)
        for isChecked in [false, true] {
            guard let program = try? CELProgram(tree, environment, isChecked: isChecked) else {
                continue
            }
            let (result, trace) = program.explain(activation, limits: limits)
            let plain = program.evaluate(activation, limits: limits)
            if case .success(let value) = plain { _ = value.summary() }
            if case .failure(let error) = plain {
                precondition(error.range.upperBound <= tree.source.utf8.count)
            }
            _ = (result, trace.drawing(program.source), program.paths, program.conjuncts)
        }
        return 0
    }
}
