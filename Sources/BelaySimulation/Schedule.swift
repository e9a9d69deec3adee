package import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import JSON
import Synchronization

/// One seeded course of events: incidents, faults, crashes and restarts, until nothing is left to do.
package struct Schedule {
    package let seed: UInt64
    let program: Program
    private let world: VirtualWorld
    private let disk: MemoryDisk
    private let ledger = EffectLedger()
    private let chance: FaultyProvider.Chance

    /// How many lives a process gets; the last does not die.
    private static let lives = 4

    package init(seed: UInt64, program: Program) {
        self.seed = seed
        self.program = program
        world = VirtualWorld(seed: seed)
        disk = MemoryDisk(seed: (0..<8).map { UInt8(truncatingIfNeeded: seed >> ($0 * 8)) })
        chance = FaultyProvider.Chance(seed: seed ^ 0x5eed)
    }

    /// What the schedule came to.
    package struct Report: Sendable {
        package var violations: [String] = []
        package var crashes = 0
        package var records = 0
        package var effects = 0
        package var runs = 0
        /// A digest of all records: the same seed gives the same.
        package var digest = ""

        package init() {}
    }

    /// Runs it on this thread.
    package func run() -> Report {
        var report = Report()
        let incidents = arrivals()
        var signed: [Checkpoint] = []
        for life in 0..<Self.lives {
            let isLast = life == Self.lives - 1
            let dies = !isLast && chance.below(100) < 80
            let process = Process(diesAt: dies ? 1 + chance.below(60) : nil)
            let failure = live(process, incidents)
            if process.isDead { report.crashes += 1 }
            if let failure, !process.isDead { report.violations.append(failure) }
            check(&report, &signed, isLast: isLast || !process.isDead)
            if !process.isDead || !report.violations.isEmpty { break }
        }
        return report
    }

    /// One to five problems, and what their source says of them: in time, too early, too late, twice, or not.
    private func arrivals() -> [Life.Arrival] {
        var arrivals: [Life.Arrival] = []
        for number in 0..<1 + chance.below(5) {
            let start = world.now()
            let incident = Incident(
                id: "i\(number)", fingerprint: "f\(number)", priority: .high,
                type: SimulatedProgram.types[chance.below(SimulatedProgram.types.count)],
                source: "sim", target: chance.below(2) == 0 ? "one" : "two",
                details: ["nodes": ["a", "b", "c"]], startedAt: start, receivedAt: start)
            let fires = chance.below(60)
            arrivals.append(Life.Arrival(at: start + .seconds(fires), incident: incident))
            for notice in 0..<chance.below(4) {
                var said = incident
                said.id = "i\(number)-\(notice)"
                said.status = chance.below(3) == 0 ? .acknowledged : .resolved
                let after = chance.below(200)
                if said.status == .resolved { said.resolvedAt = start + .seconds(after) }
                arrivals.append(Life.Arrival(at: start + .seconds(after), incident: said))
            }
        }
        return arrivals.sorted { ($0.at, $0.incident.id) < ($1.at, $1.incident.id) }
    }
}

// MARK: - A life

extension Schedule {
    /// Lets a process live until all is done or it dies; what went wrong that is no fault of ours, or nil.
    private func live(_ process: Process, _ incidents: [Life.Arrival]) -> String? {
        let executor = StepExecutor()
        let outcome = Mutex<Result<Void, StoreError>?>(nil)
        let work = Work(schedule: self, process: process, executor: executor, incidents: incidents)
        Task(executorPreference: executor) {
            let result: Result<Void, StoreError>
            do throws(StoreError) { result = .success(try await work.run()) } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
        }
        var steps = 0
        while true {
            executor.drain()
            if let result = outcome.withLock({ $0 }) {
                if case .failure(let error) = result { return "the driver failed: \(error)" }
                return nil
            }
            steps += 1
            guard steps < 20_000 else { return "the schedule does not end" }
            guard world.wakeNext() else { return "everybody waits and nobody sleeps" }
        }
    }

    private struct Work: Sendable {
        let schedule: SendableSchedule
        let process: Process
        let executor: StepExecutor
        let incidents: [Life.Arrival]

        init(
            schedule: Schedule, process: Process, executor: StepExecutor, incidents: [Life.Arrival]
        ) {
            self.schedule = SendableSchedule(
                program: schedule.program, world: schedule.world, disk: schedule.disk,
                ledger: schedule.ledger, chance: schedule.chance)
            self.process = process
            self.executor = executor
            self.incidents = incidents
        }

        func run() async throws(StoreError) {
            let store = MortalStore(
                inner: try await schedule.disk.open(world: schedule.world), process: process,
                ledger: schedule.ledger)
            let life = Life(
                store: store, world: schedule.world, program: schedule.program,
                driver: RunDriver(
                    store: store, world: schedule.world,
                    providers: ProviderRegistry([
                        FaultyProvider(
                            contract: SimulatedProgram.contract, world: schedule.world,
                            process: process, ledger: schedule.ledger, chance: schedule.chance)
                    ]), catalogue: schedule.program.catalogue, secrets: NoSecrets(),
                    executor: executor),
                chance: schedule.chance)
            try await life.run(incidents)
        }
    }

    private struct SendableSchedule: Sendable {
        let program: Program
        let world: VirtualWorld
        let disk: MemoryDisk
        let ledger: EffectLedger
        let chance: FaultyProvider.Chance
    }
}

// MARK: - Invariants

extension Schedule {
    private func check(
        _ report: inout Report, _ signed: inout [Checkpoint], isLast: Bool
    ) {
        let facts = Facts(disk: disk, world: world, earlier: signed)
        guard let facts else {
            report.violations.append("the disk cannot be read")
            return
        }
        signed = facts.checkpoints
        report.records = facts.records.count
        report.effects = ledger.effects.count
        report.runs = facts.runs.count
        report.digest = SHA256.hash(facts.records.flatMap(\.bytes)).hex
        report.violations +=
            Invariants(facts: facts, effects: ledger.effects, isLast: isLast)
            .violations
    }
}
