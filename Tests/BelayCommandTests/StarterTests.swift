import Foundation
import Testing

/// `belay init` makes a repository that works at once.
@Suite struct StarterTests {
    @Test func whatInitMakesWorks() async throws {
        let folder = try Folder()
        let made = try await Belay.run("init", "mine", in: folder)
        #expect(made.status == 0, "\(made.errors)")
        let mine = try Folder()
        try FileManager.default.removeItem(at: mine.url)
        try FileManager.default.moveItem(at: folder.url("mine"), to: mine.url)
        for command in [["check"], ["check", "--env", "production"]] {
            let answer = try await Belay.run(
                command, in: mine, variables: ["REDIS_HOST": "127.0.0.1"])
            #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
            #expect(answer.output.isEmpty, "\(answer.output)")
        }
        let unset = try await Belay.run("check", "--env", "production", in: mine)
        #expect(unset.status == 0 && unset.output.contains("RB1109"), "\(unset.output)")
        let tests = try await Belay.run("test", in: mine)
        #expect(tests.status == 0 && tests.lastLine.hasSuffix(" passed, 0 failed"))
        #expect(tests.lastLine != "0 passed, 0 failed")
        let incident = "runbooks/incidents/pressure.json"
        let plan = try await Belay.run("plan", "-i", incident, in: mine)
        #expect(plan.status == 0 && plan.output.contains("cache-memory-pressure"))
        let run = try await Belay.run("run", "-i", incident, in: mine)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test func aThresholdThatWasChangedFailsItsTest() async throws {
        let folder = try Folder()
        _ = try await Belay.run("init", in: folder)
        let runbook = try folder.text("runbooks/cache.yaml")
        #expect(runbook.contains("< 80.0"))
        try folder.write(runbook.replacing("< 80.0", with: "< 60.0"), to: "runbooks/cache.yaml")
        let tests = try await Belay.run("test", in: folder)
        #expect(tests.status == 1)
        #expect(tests.output.contains("expected"), "\(tests.output)")
        #expect(tests.output.contains("got"), "\(tests.output)")
        #expect(!tests.lastLine.hasSuffix(" 0 failed"), "\(tests.lastLine)")
    }

    @Test func initWritesOverNothing() async throws {
        let folder = try Folder()
        _ = try await Belay.run("init", in: folder)
        try folder.write("mine", to: "runbooks/cache.yaml")
        let again = try await Belay.run("init", in: folder)
        #expect(again.status == 2)
        #expect(try folder.text("runbooks/cache.yaml") == "mine")
    }
}
