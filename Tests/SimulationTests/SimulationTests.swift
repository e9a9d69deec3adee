import BelayCompiler
import BelaySimulation
import Testing

/// Seeded schedules of incidents, faults and crashes: the promises hold after each of them.
@Suite struct SimulationTests {
    @Test func promisesHoldWhateverHappens() throws {
        let program = try #require(SimulatedProgram.compile().program)
        var totals = Schedule.Report()
        for seed in 1...UInt64(300) {
            let report = Schedule(seed: seed, program: program).run()
            #expect(report.violations == [], "seed \(seed)")
            guard report.violations.isEmpty else { return }
            totals.crashes += report.crashes
            totals.effects += report.effects
            totals.runs += report.runs
        }
        // A simulation in which little happens proves little.
        #expect(totals.crashes > 150)
        #expect(totals.effects > 600)
        #expect(totals.runs > 300)
    }

    @Test func aSeedRepeatsExactly() throws {
        let program = try #require(SimulatedProgram.compile().program)
        for seed in [7, 8, 9] as [UInt64] {
            let reports = (0..<2).map { _ in Schedule(seed: seed, program: program).run() }
            #expect(reports[0].digest == reports[1].digest)
            #expect(reports[0].records > 0)
        }
    }
}
