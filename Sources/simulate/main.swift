import BelayCompiler
import BelaySimulation
import Glibc

// Runs seeded schedules: `simulate [COUNT] [FIRST-SEED]`. A failing seed is printed and ends it with status 1.
let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let count = arguments.first ?? 100_000
let first = arguments.dropFirst().first ?? 1
let compilation = SimulatedProgram.compile()
guard let program = compilation.program else {
    for diagnostic in compilation.diagnostics.sorted { print(diagnostic.message) }
    fatalError("the simulation's runbooks do not compile")
}
var totals = Schedule.Report()
for seed in first..<first + count {
    let report = Schedule(seed: seed, program: program).run()
    guard report.violations.isEmpty else {
        print("seed \(seed) fails; replay: simulate 1 \(seed)")
        for violation in report.violations { print("  \(violation)") }
        exit(1)
    }
    totals.crashes += report.crashes
    totals.records += report.records
    totals.effects += report.effects
    totals.runs += report.runs
    if (seed - first + 1) % 10_000 == 0 { print("\(seed - first + 1) schedules") }
}
print(
    "seeds \(first) to \(first + count - 1): \(count) schedules, \(totals.runs) runs, \(totals.crashes) crashes, "
        + "\(totals.records) records, \(totals.effects) effects; all invariants hold")
