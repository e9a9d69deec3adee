import BelayCompiler
import BelayEngine
import BelayStore
import JSON
import Testing

@Suite struct LogTests {
    @Test(arguments: Medium.allCases) func recordsAreFilteredAndPaged(_ medium: Medium) async throws
    {
        let harness = try Harness(medium)
        let store = try await harness.open()
        _ = try await store.runningRun("r1", delivery: "d1")
        harness.world.advance(.seconds(10))
        let middle = harness.world.now()
        _ = try await store.runningRun("r2", delivery: "d2")
        let incident = try #require(try await store.run("r1")).incident
        let story = ["incident.accepted", "run.created", "run.claimed"]
        #expect(try await store.kinds() == ["log.started"] + story + story)
        #expect(try await store.kinds(RecordQuery(incident: incident)) == story)
        #expect(try await store.kinds(RecordQuery(run: "r2")) == Array(story[1...]))
        #expect(try await store.kinds(RecordQuery(since: middle)) == story)
        #expect(try await store.kinds(RecordQuery(until: middle)) == ["log.started"] + story)
        #expect(try await store.records(RecordQuery(kinds: [.runCreated])).map(\.index) == [2, 5])
        #expect(try await store.records(RecordQuery(from: 3, limit: 2)).map(\.index) == [3, 4])
        #expect(try await store.records(RecordQuery(from: 7)).isEmpty)
        let bare = try await store.records(RecordQuery(limit: 2, withPayloads: false))
        #expect(bare.allSatisfy { $0.payloads.isEmpty })
        #expect(bare[1].record.commitments.count == 2)
    }

    @Test(arguments: Medium.allCases) func whatIsForgottenStaysCommittedTo(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let lease = try await store.runningRun()
        _ = try await store.incident("d2", fingerprint: "other")
        let incident = try #require(try await store.run("r1")).incident
        let open = try await storeError {
            _ = try await store.forget(incident: incident, actor: .person("ann"))
        }
        #expect(open == .notFinal(run: "r1"))
        try await store.record(
            RecordDraft(.runFinished, run: "r1", outcome: "failed", payloads: [.message("no")]),
            under: lease)
        #expect(try await store.forget(incident: incident, actor: .person("ann")) == 3)
        let story = try await store.records(RecordQuery(incident: incident))
        #expect(story.allSatisfy { $0.payloads.isEmpty })
        #expect(story.map(\.record.kind).last == .payloadsForgotten)
        #expect(story[0].record.commitments.count == 2)
        #expect(try await store.incident(incident)?.body == nil)
        #expect(try await store.incidents(.latest(limit: 1)).first?.body != nil)
        #expect(try await store.incident("d1", fingerprint: "d1") == incident)
        #expect(try await store.incident(incident)?.body == nil, "a repeat brings nothing back")
        #expect(
            try await storeError {
                _ = try await store.forget(incident: "nobody", actor: .system)
            } == .notFound("nobody"))
        try await checkLog(store)
    }

    @Test(arguments: Medium.allCases) func transactionsFailAlone(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        _ = try await store.runningRun()
        let failures = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let good = RecordDraft(.programLoaded, item: number)
                    let bad = RecordDraft(.stepIntent, run: "nobody")
                    let writes: [StoreWrite] =
                        number.isMultiple(of: 3) ? [.record(good), .record(bad)] : [.record(good)]
                    let error = try await storeError {
                        try await store.commit(StoreTransaction(writes))
                    }
                    #expect(error == (writes.count == 2 ? .notFound("nobody") : nil))
                    return error == nil ? 0 : 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(failures == 100)
        let loaded = try await store.records(RecordQuery(kinds: [.programLoaded]))
        #expect(Set(loaded.map(\.record.item)).count == 200)
        try await checkLog(store)
    }

    @Test(arguments: Medium.allCases) func onlyNewWorkIsSignedAndOnceASecond(_ medium: Medium)
        async throws
    {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let first = try #require(try await store.checkpoint(always: false))
        #expect(first.checkpoint.size == 1)
        #expect(try await store.checkpoint(always: false) == nil)
        _ = try await store.incident()
        #expect(try await store.checkpoint(always: false) == nil, "too early")
        harness.world.advance(.seconds(1))
        #expect(try await store.checkpoint(always: false)?.checkpoint.size == 2)
        harness.world.advance(.seconds(1))
        #expect(try await store.checkpoint(always: false) == nil, "nothing new")
        #expect(try await store.checkpoint(always: true)?.checkpoint.size == 2)
    }

    @Test(arguments: Medium.allCases) func aClosedStoreSaysSo(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        await store.close()
        await store.close()
        #expect(try await storeError { _ = try await store.incident() } == .closed)
        #expect(try await storeError { _ = try await store.run("r1") } == .closed)
        #expect(
            try await storeError { _ = try await store.checkpoint(always: true) } == .closed)
    }
}
