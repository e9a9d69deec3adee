import BelayCompiler
import BelayEngine
import BelayStore
import JSON
import Testing

/// What is said of a run that waits: a named thing, and the order that ends it.
@Suite struct StandingTests {
    private func standing(_ steps: String, _ answer: ActionOutcome = .succeeded([:])) throws
        -> (run: String, standing: RunStanding)
    {
        let daemon = try Daemon("  - {id: r, match: {type: r}, steps: [\(steps)]}") { _ in answer }
        try daemon.deliver("r")
        try daemon.work()
        return try daemon.pump { daemon in
            let row = try #require(try await daemon.store.runs(RunFilter()).first)
            let records = try await daemon.store.events(ofRun: row.id)
            return (row.id, try #require(RunStanding(row, records)))
        }
    }

    @Test func consent() throws {
        let (run, standing) = try standing(
            "{id: a, uses: faulty.same, approval: {from: [group/ops], timeout: 3h}}")
        #expect(standing.words.count == 1)
        #expect(standing.words[0].hasPrefix("waits until 2"))
        #expect(standing.words[0].hasSuffix("for consent to a from group/ops"))
        #expect(
            standing.orders == ["belay approve \(run) --step a", "belay deny \(run) --step a"])
    }

    @Test func aPersonsWord() throws {
        let (run, standing) = try standing(
            "{id: a, uses: faulty.only}", .lost(.unavailable, message: "reset"))
        #expect(standing.words == ["nobody knows what became of a: look, then say it"])
        #expect(
            standing.orders == [
                "belay resolve \(run) a succeeded|failed|retry", "belay cancel \(run)",
            ])
    }

    @Test(arguments: [
        ("{id: a, wait: 1h}", ""),
        ("{id: a, wait_for: {signal: go, within: 1h}}", " for a signal"),
    ])
    func time(_ step: String, _ what: String) throws {
        let (_, standing) = try standing(step)
        #expect(standing.words.count == 1)
        #expect(standing.words[0].hasPrefix("a waits until 2"))
        #expect(standing.words[0].hasSuffix("Z" + what), "\(standing.words)")
        #expect(standing.orders.isEmpty)
    }

    @Test func whatWasAnsweredIsNotWaitedFor() throws {
        let daemon = try Daemon(
            """
              - id: r
                match: {type: r}
                steps:
                  - {id: a, uses: faulty.same, approval: {from: [group/ops], timeout: 3h}}
                  - {id: b, wait: 2h}
            """)
        try daemon.deliver("r")
        try daemon.work()
        try daemon.tell("r", .approval(step: "a", .granted(by: "ann")))
        try daemon.work()
        try daemon.pump { daemon in
            let row = try #require(try await daemon.store.runs(RunFilter()).first)
            let standing = RunStanding(row, try await daemon.store.events(ofRun: row.id))
            #expect(standing?.words.count == 1, "\(standing?.words ?? [])")
            #expect(standing?.words.first?.hasPrefix("b waits until ") == true)
        }
    }

    @Test func nothingIsSaidOfARunThatHasEnded() throws {
        let daemon = try Daemon(
            "  - {id: r, match: {type: r}, steps: [{id: a, uses: faulty.same}]}")
        try daemon.deliver("r")
        try daemon.work()
        try daemon.pump { daemon in
            let row = try #require(try await daemon.store.runs(RunFilter()).first)
            #expect(RunStanding(row, try await daemon.store.events(ofRun: row.id)) == nil)
        }
    }
}
