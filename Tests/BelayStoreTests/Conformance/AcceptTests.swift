import BelayCompiler
import BelayEngine
import JSON
import Testing

@Suite struct AcceptTests {
    @Test(arguments: Medium.allCases) func aNewIncidentWaitsForItsDecision(_ medium: Medium)
        async throws
    {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let id = try await store.incident()
        let row = try #require(try await store.incident(id))
        #expect(row.phase == .received)
        #expect(row.reason == nil)
        #expect(row.body == ["title": "Redis is full"])
        #expect(row.startedAt == Timestamp(microseconds: 1_772_330_000_000_000))
        #expect(row.receivedAt == harness.world.now())
        #expect(try await store.incidents(.due(limit: 9)).map(\.id) == [id])
        #expect(try await store.kinds() == ["log.started", "incident.accepted"])
        let stored = try #require(try await store.records(RecordQuery(from: 1)).first)
        #expect(stored.record.incident == id)
        #expect(stored.record.actor == .source("alertmanager"))
        #expect(stored[payload: "delivery"]?["fingerprint"] == "f1")
        #expect(!String(decoding: stored.bytes, as: UTF8.self).contains("Redis"))
        #expect(!String(decoding: stored.bytes, as: UTF8.self).contains(#""f1""#))
    }

    @Test(arguments: Medium.allCases) func aRepeatGetsTheSameID(_ medium: Medium) async throws {
        let store = try await Harness(medium).open()
        let new = NewIncident.sample("d1")
        let delivery = AcceptedDelivery(source: "a", actor: .source("a"), incidents: [new, new])
        let answers = try await store.accept(delivery)
        #expect(answers == [.accepted(id: answers[0].id), .duplicate(id: answers[0].id)])
        var other = delivery
        other.incidents = [.sample("d1", body: ["title": "changed"])]
        #expect(try await store.accept(other) == [.updated(id: answers[0].id)])
        #expect(try await store.incident(answers[0].id)?.body == ["title": "changed"])
        #expect(try await store.accept(other) == [.duplicate(id: answers[0].id)])
        other.source = "b"
        let elsewhere = try await store.accept(other)
        #expect(elsewhere == [.accepted(id: elsewhere[0].id)])
        #expect(elsewhere[0].id != answers[0].id)
        try await checkLog(store)
    }

    @Test(arguments: Medium.allCases) func unreadablePartsAreRecorded(_ medium: Medium) async throws
    {
        let store = try await Harness(medium).open()
        let answers = try await store.accept(
            AcceptedDelivery(
                source: "a", actor: .source("a"), incidents: [.sample("d1")],
                rejected: [RejectedPart(index: 2, message: "alerts[2].startsAt: no time")]))
        #expect(answers.count == 1)
        let rejected = try await store.records(RecordQuery(kinds: [.incidentRejected]))
        #expect(rejected.map(\.record.item) == [2])
        #expect(rejected.first?[payload: "message"] == "alerts[2].startsAt: no time")
    }

    @Test(arguments: Medium.allCases) func resolveNoticesAreFoundByProblem(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let fired = try await store.incident("d1", fingerprint: "f")
        let over = try await store.incident("d2", fingerprint: "f", resolves: true)
        _ = try await store.incident("d3", fingerprint: "g")
        let rows = try await store.incidents(.problem(source: "alertmanager", fingerprint: "f"))
        #expect(rows.map(\.id) == [fired, over])
        #expect(rows.map(\.resolvesProblem) == [false, true])
        #expect(try await store.incidents(.problem(source: "b", fingerprint: "f")).isEmpty)
        #expect(try await store.incidents(.latest(limit: 2)).count == 2)
        #expect(try await store.kinds().contains("incident.resolved"))
    }

    @Test(arguments: Medium.allCases) func aRepeatIsDecidedAgainOnlyWithoutARun(_ medium: Medium)
        async throws
    {
        let store = try await Harness(medium).open()
        let id = try await store.incident()
        let unmatched = StoreWrite.record(RecordDraft(.ruleUnmatched, incident: id))
        #expect(try await store.incident(id)?.isDue(at: .init(microseconds: 0)) == true)
        try await store.commit(StoreTransaction([unmatched]))
        #expect(try await store.incident(id)?.isDue(at: .init(microseconds: 0)) == false)
        #expect(try await store.incident(id)?.reason == "no_rule")
        #expect(try await store.incidents(.due(limit: 9)).isEmpty)
        _ = try await store.incident()
        #expect(try await store.incident(id)?.phase == .received)
        try await store.createRun(for: id)
        _ = try await store.incident()
        #expect(try await store.incident(id)?.phase == .decided)
        #expect(try await store.incident(id)?.reason == "run")
    }

    @Test(arguments: Medium.allCases) func aSuppressedOneComesBackInTime(_ medium: Medium)
        async throws
    {
        let harness = try Harness(medium)
        let store = try await harness.open()
        let id = try await store.incident()
        let later = harness.world.now() + .seconds(60)
        try await store.commit(
            StoreTransaction([
                .record(RecordDraft(.ruleSuppressed, incident: id, rule: "r", reason: "cooldown")),
                .wakeIncident(id, at: later),
            ]))
        let row = try #require(try await store.incident(id))
        #expect(row.phase == .decided)
        #expect(row.reason == "cooldown")
        #expect(row.wakeAt == later)
        #expect(try await store.incidents(.due(limit: 9)).isEmpty)
        harness.world.advance(.seconds(60))
        #expect(try await store.incidents(.due(limit: 9)).map(\.id) == [id])
        #expect(!row.isDue(at: later - .seconds(1)) && row.isDue(at: later))
        try await store.commit(
            StoreTransaction(
                [.record(RecordDraft(.ruleUnmatched, incident: id)), .wakeIncident(id, at: nil)]))
        #expect(try await store.incidents(.due(limit: 9)).isEmpty)
    }
}
