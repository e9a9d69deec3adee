import CEL
import Glibc

/// CPU nanoseconds per evaluation of each condition, the least of 15 runs, limits on; with the
/// counting preload library also allocations per evaluation. `bench-cel NAME` only loops that one,
/// for a profiler.
@main struct BenchCEL {
    static func main() throws {
        let activation = Conditions.activation()
        if CommandLine.arguments.count > 1 { return try loop(CommandLine.arguments[1], activation) }
        let count = allocationCounter()
        print("condition       ns     goal  allocations")
        for (name, source, goal) in Conditions.all {
            let program = try CELProgram(source, Conditions.environment)
            let result = program.evaluate(activation)
            guard case .success(.bool) = result else { fatalError("\(name): \(result)") }
            let time = least(20_000) { _ = program.evaluate(activation) }
            let allocations = count.map { count in
                let before = count()
                for _ in 0..<1000 { _ = program.evaluate(activation) }
                return Double(count() - before) / 1000
            }
            report(name, time, goal, allocations)
        }
        let compile = least(500) {
            _ = try? CELProgram(Conditions.all[0].source, Conditions.environment)
        }
        report("compile C1", compile, 40_000, nil)
    }

    private static func loop(_ name: String, _ activation: CELActivation) throws {
        for condition in Conditions.all where condition.name == name {
            let program = try CELProgram(condition.source, Conditions.environment)
            for _ in 0..<10_000_000 { _ = program.evaluate(activation) }
        }
    }

    private static func report(
        _ name: String, _ time: Double, _ goal: Double, _ allocations: Double?
    ) {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.utf8.count)) + text
        }
        let rounded = String(Int(time.rounded()))
        let counted = allocations.map { String($0) } ?? "-"
        print(
            name + right(rounded, 18 - name.utf8.count) + right(String(Int(goal)), 9)
                + right(counted, 13) + (time > goal ? "  over the goal" : ""))
    }

    /// Nanoseconds of CPU time per call, the least of 15 runs.
    private static func least(_ calls: Int, _ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<15 {
            let start = clock()
            for _ in 0..<calls { body() }
            best = min(best, (clock() - start) / Double(calls))
        }
        return best
    }

    private static func clock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// The preload library's count, nil without it.
    private static func allocationCounter() -> (() -> UInt64)? {
        typealias Counter = @convention(c) () -> UInt64
        guard let symbol = dlsym(nil, "allocation_count") else { return nil }
        let counter = unsafeBitCast(symbol, to: Counter.self)
        return { counter() }
    }
}
