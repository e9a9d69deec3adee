import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import JSON
import Synchronization

/// What is on the disk, read between two lives.
struct Facts {
    let records: [StoredRecord]
    let runs: [RunRow]
    let incidents: [IncidentRow]
    /// All that were signed so far.
    let checkpoints: [Checkpoint]

    init?(disk: MemoryDisk, world: VirtualWorld, earlier: [Checkpoint]) {
        let executor = StepExecutor()
        let read = Mutex<([StoredRecord], [RunRow], [IncidentRow], Checkpoint?)?>(nil)
        Task(executorPreference: executor) {
            guard let store = try? await disk.open(world: world),
                let records = try? await store.records(RecordQuery(limit: 100_000)),
                let runs = try? await store.runs(RunFilter()),
                let incidents = try? await store.incidents(.latest(limit: 1000))
            else { return }
            let signed = try? await store.checkpoint(always: true)
            read.withLock { $0 = (records, runs, incidents, signed?.checkpoint) }
        }
        executor.drain()
        guard let all = read.withLock({ $0 }) else { return nil }
        (records, runs, incidents) = (all.0, all.1, all.2)
        checkpoints = earlier + [all.3].compactMap { $0 }
    }
}

/// The promises of the design, judged against the journal and what really happened.
struct Invariants {
    let facts: Facts
    let effects: [EffectLedger.Effect]
    let isLast: Bool

    var violations: [String] {
        onceEffects + accepted + intents + epochs + folds + checkpoints + dryRuns + order + leases
            + groups + remedies + holds
    }

    /// I1: a `once` step starts at most one effect, unless a person ordered a retry (nobody does here).
    private var onceEffects: [String] {
        let once = effects.filter { $0.recovery == .once && $0.effect != .read }
        let attempts = Dictionary(grouping: once) { "\($0.key) \($0.path)" }
        // A failure before the work, `not sent`, may be tried again: it leaves no effect.
        return attempts.filter { $0.value.count > 1 }.map {
            "I1: \($0.key) happened \($0.value.count) times"
        }
    }

    /// I2: what was accepted is final or waits for a named thing.
    private var accepted: [String] {
        guard isLast else { return [] }
        // People have answered all that they were asked, so only a run that is stuck may still wait.
        let stuck = Set(facts.runs.filter { $0.reason == "stuck" }.map { "joined:\($0.id)" })
        let open = facts.runs.filter {
            !$0.phase.isFinal && $0.reason != "stuck" && !stuck.contains($0.reason ?? "")
        }
        let undecided = facts.incidents.filter { $0.phase == .received }
        return open.map { "I2: run \($0.id) is \($0.phase.rawValue)" }
            + undecided.map { "I2: incident \($0.id) is not decided" }
    }

    /// I3: no effect without an earlier intent on disk, but for questions.
    private var intents: [String] {
        effects.filter { !$0.hadIntent && $0.recovery != .pure }.map {
            "I3: \($0.path) attempt \($0.attempt) had no intent"
        }
    }

    /// I4: at most one live owner and epoch of a run.
    private var epochs: [String] {
        var latest: [String: Int] = [:]
        var wrong: [String] = []
        for stored in facts.records {
            let record = stored.record
            guard let run = record.run, let epoch = record.epoch else { continue }
            if record.kind == .runClaimed {
                if epoch != latest[run, default: 0] + 1 {
                    wrong.append("I4: run \(run) epoch \(epoch)")
                }
                latest[run] = epoch
            } else if record.kind != .stepLateResult, record.kind != .runLeaseLost,
                epoch != latest[run]
            {
                wrong.append("I4: \(record.kind.rawValue) of run \(run) by epoch \(epoch)")
            }
        }
        return wrong
    }

    /// I5: the state tables are the fold of the records, and every run's events can be read and folded.
    private var folds: [String] {
        var wrong: [String] = []
        for run in facts.runs {
            let records = facts.records.filter { $0.record.run == run.id }
            var row: RunRow?
            for stored in records { row = RunFold.next(row, after: stored.record) }
            if row?.phase != run.phase || row?.epoch != run.epoch || row?.reason != run.reason {
                wrong.append("I5: run \(run.id) is not the fold of its records")
            }
            guard let state = try? EventRecord.state(of: records) else {
                wrong.append("I5: events of run \(run.id) cannot be read")
                continue
            }
            if run.phase.isFinal, state.result?.status.rawValue != run.phase.rawValue {
                wrong.append("I5: run \(run.id) ended otherwise than its events say")
            }
        }
        return wrong
    }

    /// I6: each checkpoint is of a prefix of the log as it is now.
    private var checkpoints: [String] {
        var wrong: [String] = []
        for checkpoint in facts.checkpoints {
            var frontier = MerkleFrontier()
            for stored in facts.records.prefix(Int(checkpoint.size)) {
                frontier.append(MerkleHash.leaf(stored.bytes))
            }
            if frontier.size != checkpoint.size || frontier.root != checkpoint.root {
                wrong.append("I6: the log is not what was signed at \(checkpoint.size)")
            }
        }
        return wrong
    }

    /// I7: what only observes has no effects.
    private var dryRuns: [String] {
        effects.filter { $0.path == "never" || $0.path == "nobody" }.map {
            "I7: \($0.path) happened in a run that only observes"
        }
    }

    /// I8: within one path, results follow intents, attempt by attempt.
    private var order: [String] {
        var open: [String: Int] = [:]
        var wrong: [String] = []
        for stored in facts.records {
            let record = stored.record
            guard let run = record.run, let step = record.step, let attempt = record.attempt else {
                continue
            }
            let key = "\(run) \(step)"
            if record.kind == .stepIntent {
                if open[key] != nil { wrong.append("I8: \(key) began twice") }
                open[key] = attempt
            } else if record.kind == .stepResult {
                if open[key] != attempt {
                    wrong.append("I8: \(key) has a result without an intent")
                }
                open[key] = nil
            }
        }
        return wrong
    }

    /// I9: no two runs hold one target.
    private var leases: [String] {
        var holders: [String: String] = [:]
        var wrong: [String] = []
        for stored in facts.records {
            let record = stored.record
            guard let run = record.run else { continue }
            if record.kind == .limitReserved, record.reason == LedgerChange.target,
                let target = record.target?.hex
            {
                if let holder = holders[target], holder != run {
                    wrong.append("I9: \(run) and \(holder) hold one target")
                }
                holders[target] = run
            } else if record.kind == .runFinished, record.error?.code != LedgerChange.keepsTargets {
                for (target, holder) in holders where holder == run { holders[target] = nil }
            }
        }
        return wrong
    }

    /// No two runs hold one group.
    private var groups: [String] {
        var holders: [String: String] = [:]
        var wrong: [String] = []
        for stored in facts.records {
            let record = stored.record
            guard let run = record.run else { continue }
            if record.kind == .limitReserved, record.reason == "concurrency",
                let group = record.target?.hex
            {
                if let holder = holders[group] {
                    wrong.append("groups: \(run) and \(holder) hold one group")
                }
                holders[group] = run
            } else if record.kind == .runFinished {
                for (group, holder) in holders where holder == run { holders[group] = nil }
            }
        }
        return wrong
    }

    /// A rule has one run for a problem, but for `again`; and its other parts run once.
    private var remedies: [String] {
        let all = Dictionary(grouping: facts.runs) { "\($0.incident) \($0.rule)" }
        return all.filter { $0.value.count > ($0.value[0].rule == "back" ? 3 : 1) }.map {
            "remedies: \($0.key) had \($0.value.count) runs"
        }
    }

    /// What `for` holds back does not begin before its time, and nothing begins that the source has resolved.
    private var holds: [String] {
        var accepted: [String: Timestamp] = [:]
        var wrong: [String] = []
        for stored in facts.records {
            let record = stored.record
            guard let incident = record.incident else { continue }
            if record.kind == .incidentAccepted { accepted[incident] = record.at }
            if record.kind == .runCreated, record.rule == "held",
                let at = accepted[incident], record.at < at + .seconds(30)
            {
                wrong.append("holds: \(record.run ?? "") began too early")
            }
        }
        return wrong
    }
}
