import BelayCompiler

/// What a loop over time calls: whatever is due is decided, what ended lets others go on, what people say arrives.
///
/// A loop does, for ever: `decideDue`, drive what it has begun, claim and resume runs, and `ended` after each run
/// that finished. All that these need is on disk, so that nothing is lost with the loop.
extension Dispatcher {
    /// Decides what is due, oldest first and at most so many: what was received, notices, and what was held back
    /// until now. Each in a transaction of its own.
    package func decideDue(_ limit: Int = 100) async throws(StoreError) -> Dispatched {
        var all = Dispatched()
        for row in try await store.incidents(.due(limit: limit)) {
            guard let incident = Incident(stored: row.body) else { continue }
            all.begun += try await decide(incident, id: row.id).begun
            all.decided += 1
        }
        return all
    }

    /// Lets those go on that waited for a run which has finished now.
    package func ended(_ run: String) async throws(StoreError) {}

    /// Tells a run what a person or an outside system says: consent, a decision, a cancellation.
    package func tell(_ id: String, _ input: RunInput) async throws(StoreError) -> Telling {
        guard let run = try await store.run(id) else { throw .notFound(id) }
        guard !run.phase.isFinal else { return .meaningless }
        guard run.phase == .waiting, let reason = run.reason else { return .underWay }
        let records = try await store.events(ofRun: id)
        guard let state = try? EventRecord.state(of: records) else {
            throw .damaged("the events of run \(id) cannot be read")
        }
        let beginning = records.first?[payload: RunBeginning.name].flatMap(RunBeginning.init)
        let now = world.now()
        let events = state.events(of: input, beganBy: beginning?.actor ?? "")
        guard !events.isEmpty else { return .meaningless }
        do throws(StoreError) {
            try await store.commit(
                StoreTransaction(
                    requires: [.waiting(run: id, reason: reason)],
                    events.map { .record(EventRecord.draft($0, run: id, at: now)) }
                        + [.wakeRun(id, at: now)]))
        } catch {
            guard case .notWaiting = error else { throw error }
            return .underWay
        }
        return .recorded
    }
}
