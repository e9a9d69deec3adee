import BelayCompiler
import JSON

/// What people order: consent, decisions, cancellations, pauses. The daemon's API and the commands act through this.
package struct Operations: Sendable {
    let store: any Store
    let world: any World
    /// Delivers an input to a run; what it returns is on disk.
    let tell: @Sendable (String, RunInput) async throws(StoreError) -> Telling

    package init(
        store: any Store, world: any World,
        tell: @escaping @Sendable (String, RunInput) async throws(StoreError) -> Telling
    ) {
        self.store = store
        self.world = world
        self.tell = tell
    }

    /// What was done to which run and step.
    package struct Done: Sendable, Hashable {
        package var run: String
        package var step: String?
    }

    /// Keeps on record that somebody may not do what they asked for; the answer is the refusal.
    package func forbid(
        _ code: String, _ message: String, to person: Person, run: String? = nil,
        step: String? = nil
    ) async -> OperationProblem {
        let draft = RecordDraft(
            .authDenied, actor: .person(RecordText.name(from: person.name)), run: run,
            step: step.map(RecordText.code), reason: code,
            payloads: [
                PayloadDraft("denied", ["proof": .string(person.proof)]), .message(message),
            ])
        do throws(StoreError) { try await store.commit(StoreTransaction([.record(draft)])) } catch {
            return .store(error)
        }
        return .forbidden(message)
    }

    // MARK: Runs

    /// Grants or denies what a run asks consent for; `step` may be left out where it asks once.
    package func consent(
        _ granted: Bool, to run: String, step: String?, by person: Person
    ) async throws(OperationProblem) -> Done {
        let (row, state, beganBy) = try await find(run)
        let open = state.approvals.filter { $0.value.decision == nil }.keys.sorted()
        let step = try choose(step, of: open, in: row, "ask for consent")
        let decision: ApprovalDecision = granted ? .granted(by: person) : .denied(by: person)
        if let refusal = state.approvals[step]?.from.refusal(of: decision, beganBy: beganBy) {
            throw await forbid(refusal.code, refusal.message, to: person, run: row.id, step: step)
        }
        return try await deliver(.approval(step: step, decision), to: row, step: step)
    }

    /// Says what became of a call whose outcome is not known: `succeeded`, `failed` or `retry`.
    package func resolve(
        _ run: String, step: String?, as word: String, by person: Person
    ) async throws(OperationProblem) -> Done {
        guard let decision = PersonDecision(word, by: person) else {
            throw .invalid("'\(word)' is not one of succeeded, failed, retry")
        }
        let (row, state, _) = try await find(run)
        let open = state.calls.filter { $0.value.personAskedAt != nil && $0.value.decision == nil }
        if open.isEmpty, row.phase == .waiting, row.reason == Dispatcher.stuck,
            step ?? RunInput.wholeRun == RunInput.wholeRun
        {
            return try await deliver(
                .person(call: RunInput.wholeRun, decision), to: row, step: RunInput.wholeRun)
        }
        let step = try choose(step, of: open.keys.sorted(), in: row, "wait for a decision")
        return try await deliver(.person(call: step, decision), to: row, step: step)
    }

    package func cancel(
        _ run: String, by person: Person
    ) async throws(OperationProblem) -> Done {
        let (row, _, _) = try await find(run)
        return try await deliver(.cancel(by: person), to: row, step: nil)
    }

    /// Says that what a run's `wait_for` names has happened.
    package func signal(
        _ run: String, name: String, by person: Person
    ) async throws(OperationProblem) -> Done {
        guard !name.isEmpty else { throw .invalid("'name' is missing: what has happened") }
        let (row, _, _) = try await find(run)
        return try await deliver(.signal(name: name, by: person), to: row, step: nil)
    }

    /// The run with that id, or whose id alone begins so.
    package func run(_ id: String) async throws(OperationProblem) -> RunRow {
        do throws(StoreError) {
            if let run = try await store.run(id) { return run }
            guard id.utf8.count >= 4 else { throw .notFound(id) }
            let found = try await store.runs(RunFilter(limit: 10_000)).filter {
                $0.id.hasPrefix(id)
            }
            if found.count == 1 { return found[0] }
            if found.isEmpty { throw .notFound(id) }
        } catch {
            if case .notFound = error { throw .notFound("there is no run \(id)") }
            throw .store(error)
        }
        throw .invalid("more than one run begins with \(id)")
    }

    /// The run with its folded state and who began it.
    package func find(
        _ id: String
    ) async throws(OperationProblem) -> (run: RunRow, state: RunState, beganBy: String) {
        let run = try await run(id)
        let records = try await events(of: run)
        guard records.first?.record.kind == .runCreated else {
            throw .notFound("the beginning of run \(run.id), which has ended, was pruned")
        }
        guard let state = try? EventRecord.state(of: records) else {
            throw .store(.damaged("the events of run \(run.id) cannot be read"))
        }
        let beginning = records.first?[payload: RunBeginning.name].flatMap(RunBeginning.init)
        return (run, state, beginning?.actor ?? "")
    }

    package func events(of run: RunRow) async throws(OperationProblem) -> [StoredRecord] {
        do throws(StoreError) { return try await store.events(ofRun: run.id) } catch {
            throw .store(error)
        }
    }

    private func choose(
        _ step: String?, of open: [String], in run: RunRow, _ what: String
    ) throws(OperationProblem) -> String {
        guard !run.phase.isFinal else {
            throw .conflict("run \(run.id) has ended: \(run.phase.rawValue)")
        }
        guard !open.isEmpty else { throw .conflict("run \(run.id) does not \(what)") }
        if let step {
            guard open.contains(step) else {
                throw .conflict(
                    "step \(step) of run \(run.id) does not \(what); \(open.joined(separator: ", ")) do"
                )
            }
            return step
        }
        guard open.count == 1 else {
            throw .invalid("several steps \(what): \(open.joined(separator: ", ")); name one")
        }
        return open[0]
    }

    private func deliver(
        _ input: RunInput, to run: RunRow, step: String?
    ) async throws(OperationProblem) -> Done {
        let telling: Telling
        do throws(StoreError) { telling = try await tell(run.id, input) } catch {
            throw .store(error)
        }
        switch telling {
        case .recorded: return Done(run: run.id, step: step)
        case .meaningless:
            throw .conflict("run \(run.id) does not wait for that: answered already, or ended")
        case .underWay: throw .busy("run \(run.id) is busy; say it again")
        case .abandoned:
            throw .conflict(
                "the process that drove run \(run.id) is gone: belay recover, or the daemon's start, settles first "
                    + "what was under way")
        }
    }
}
