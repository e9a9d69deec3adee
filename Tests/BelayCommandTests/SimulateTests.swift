import Foundation
import JSON
import Testing

/// `belay simulate`: the whole chain on virtual time, and nothing outside is touched.
@Suite struct SimulateTests {
    private static let at = ["--at", "2026-03-01T02:00:00Z"]
    private static let repository = ["--repo", Repository.root.path]

    private static func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(
            """
            {"id": "api-1", "type": "ApiLatencyHigh", "priority": "high", "service": "api",
             "target": "api", "metrics": {"latency_p99": 2.5}}
            """, to: "api.json")
        return folder
    }

    private static func simulate(_ more: String..., in folder: Folder) async throws
        -> Belay.Answer
    {
        try await Belay.run(
            ["simulate", "-i", "api.json"] + at + repository + more, in: folder)
    }

    @Test func withoutAWordTheWholeChainIsSeen() async throws {
        let answer = try await Self.simulate(in: try Self.folder())
        #expect(answer.status == 1, "\(answer.errors)")
        try Golden.expect(answer.output, is: "simulate-assumed.txt")
    }

    @Test func whatHelpsEndsTheChain() async throws {
        let mocks = Repository.runbooks + "/api.test.yaml"
        let answer = try await Self.simulate(
            "--mocks", mocks, "--assume", "recovered:restart", in: try Self.folder())
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        try Golden.expect(answer.output, is: "simulate-recovered.txt")
    }

    @Test func whatFailsIsTriedAgainAndToldOf() async throws {
        let answer = try await Self.simulate(
            "--assume", "fail:restart", "--format", "json", in: try Self.folder())
        #expect(answer.status == 1)
        let run = try #require(
            try JSONParser.parse(Array(answer.output.utf8))["incidents"]?.arrayValue?.first?[
                "runs"]?
                .arrayValue?.first)
        let restarts = (run["happened"]?.arrayValue ?? []).filter {
            $0["step"]?.stringValue == "restart"
        }
        #expect(restarts.count == 2, "two attempts: \(answer.output)")
        #expect(restarts.allSatisfy { $0["answered_by"]?.stringValue == "assumed" })
        let effects = run["effects"]
        #expect(effects?["changes"]?.integerValue == 1, "two attempts are one change")
        #expect(effects?["targets"]?.arrayValue?.compactMap(\.stringValue) == ["api"])
        #expect((effects?["notices"]?.integerValue ?? 0) > 0)
    }

    @Test func mocksMayStandAlone() async throws {
        let folder = try Self.folder()
        try folder.write(
            """
            mocks:
              metrics.query@traffic: {return: {value: 50}}
              metrics.query@until: [{return: {value: 2}}, {return: {value: 2}}, {return: {value: 0.2}}]
              notify_human: {return: {id: "1"}}
            """, to: "mocks.yaml")
        let answer = try await Self.simulate(
            "--mocks", "mocks.yaml", "--assume", "deny:scale", in: folder)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(answer.output.contains("as expected, asked 2 times until +15s"))
        #expect(answer.output.contains("no call used the mock notify_human"))
        #expect(answer.output.contains("--assume deny:scale had to do with nothing here"))
    }

    @Test(arguments: [
        (["--assume", "fail:restrat"], "no rule has a step restrat", "did you mean restart?"),
        (["--assume", "recoverd"], "is nothing that can be assumed", "did you mean recovered?"),
        (["--assume", "ok", "--assume", "fail"], "contradicts", "one word for a step"),
        (["--assume", "fail:"], "fail: names no step", "for all steps write fail"),
        (["--live-reads"], "in the environment simulated nothing is read", "--env"),
        (["--at", "soon"], "soon is no time", "2026"),
    ])
    func whatMeansNothingIsRefused(
        _ arguments: [String], _ message: String, _ help: String
    ) async throws {
        let answer = try await Belay.run(
            ["simulate", "-i", "api.json"] + Self.repository + arguments, in: try Self.folder())
        #expect(answer.status == 2)
        #expect(answer.errors.contains(message) && answer.errors.contains(help), "\(answer.errors)")
    }

    @Test(arguments: [
        ("mock: {}", "did you mean `mocks`?"),
        ("mocks: {restart_srvice: {return: {}}}", "there is no action `restart_srvice`"),
        ("mocks: {metrics.query: {return: {valu: 1}}}", "has no output `valu`"),
    ])
    func mocksThatCannotBeUsedAreNamed(_ text: String, _ message: String) async throws {
        let folder = try Self.folder()
        try folder.write(text + "\n", to: "mocks.yaml")
        let answer = try await Self.simulate("--mocks", "mocks.yaml", in: folder)
        #expect(answer.status == 1)
        #expect(answer.errors.contains(message), "\(answer.errors)")
        #expect(answer.errors.contains("mocks.yaml:1:"), "\(answer.errors)")
    }

    @Test func consentIsAssumedAndCanBeDenied() async throws {
        let folder = try ServedFolder.make()
        try folder.write(ServedFolder.incident("DiskFull", of: "web-7", id: "1"), to: "i.json")
        for (word, end) in [("ok", "succeeded"), ("deny", "denied"), ("lost", "waiting (person)")] {
            let answer = try await Belay.run(
                ["simulate", "-i", "i.json", "--env", "here", "--assume", word], in: folder)
            #expect(answer.status == (word == "ok" ? 0 : 1), "\(answer.errors)")
            #expect(answer.output.contains("outcome   \(end)"), "\(word): \(answer.output)")
            #expect(answer.output.contains("asks for consent of group/sre"))
        }
        #expect(ServedFolder.lines(folder) == 0, "nothing was repaired")
    }

    @Test func nothingToDoIsSaid() async throws {
        let folder = try ServedFolder.make()
        try folder.write(ServedFolder.incident("Strange", of: "web-7", id: "1"), to: "i.json")
        let answer = try await Belay.run(
            ["simulate", "-i", "i.json", "--env", "here"], in: folder)
        #expect(answer.status == 1)
        #expect(answer.output.contains("nothing would be done: no_rule"), "\(answer.output)")
    }

    /// Steps in a parallel one whose ids end in a digit are no questions; a lost answer takes its time; what a source
    /// resolves is put back; what comes from outside moves no cursor.
    @Test func theStoryIsWhatWouldHappen() async throws {
        let folder = try Folder()
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: web, owner: team-platform}
            rules:
              - id: slow
                match: {type: Slow}
                until: resolved
                steps:
                  - id: look
                    parallel: [{id: disk1, uses: metrics.query, with: {query: q}, continue_on_error: true}]
                  - {id: repair, uses: restart_service, timeout: 30s}
                  - {id: human, uses: notify_human, with: {to: ops, message: "${{ incident.title }}"}}
                after_resolve: [{id: back, uses: scale_down, with: {to: 2}}]
            """, to: "runbooks/web.yaml")
        try folder.write(
            #"""
            {"type": "Slow", "priority": "high", "target": "web-7", "id": "1", "title": "a\r\nb\u001b[31m"}
            """#, to: "i.json")
        let helped = try await Belay.run(
            "simulate", "-i", "i.json", "--assume", "recovered:repair", in: folder)
        #expect(helped.status == 0, "\(helped.output)\(helped.errors)")
        #expect(helped.output.contains("rule      slow  after_resolve"), "\(helped.output)")
        #expect(helped.output.contains("scale_down"), "\(helped.output)")
        #expect(helped.output.contains("what it reads is not known"), "\(helped.output)")
        let lost = try await Belay.run(
            "simulate", "-i", "i.json", "--assume", "lost:repair", in: folder)
        #expect(lost.output.contains("until +30s"), "\(lost.output)")
        #expect(!lost.output.contains("\u{1b}") && lost.output.contains("a b"), "\(lost.output)")
        #expect(lost.output.contains(#"\u{1b}[31m"#), "\(lost.output)")
    }

    /// Readings of one incident are not taken for another's.
    @Test func readingsAreOfTheirIncident() async throws {
        let folder = try Folder()
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: web, owner: team-platform}
            rules:
              - id: slow
                match: {type: Slow}
                steps: [{id: look, uses: metrics.query, with: {query: q}}]
            """, to: "runbooks/web.yaml")
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: here, owner: team-platform}
            mode: auto
            targets: {web-7: {}, web-8: {}}
            bind:
              metrics.query:
                provider: exec
                output: json
                recovery: pure
                command: [/bin/bash, -c, "case $BELAY_INCIDENT in one) echo '{\\"value\\": 1}';; *) echo '{\\"value\\": 2}';; esac"]
            """, to: "runbooks/environments/here.yaml")
        try folder.write(
            """
            {"version": "4", "groupKey": "g", "receiver": "b", "status": "firing", "groupLabels": {},
             "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://a", "truncatedAlerts": 0,
             "alerts": [\(Self.alert("c0ffee0123456781", "web-7")), \(Self.alert("c0ffee0123456782", "web-8"))]}
            """, to: "i.json")
        let answer = try await Belay.run(
            ["simulate", "-i", "i.json", "--env", "here", "--live-reads"], in: folder)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let asked = answer.errors.split(separator: "\n").filter { $0.hasPrefix("asking ") }
        #expect(asked.count == 2, "\(answer.errors)")
    }

    private static func alert(_ fingerprint: String, _ target: String) -> String {
        """
        {"status": "firing", "fingerprint": "\(fingerprint)",
         "labels": {"alertname": "Slow", "severity": "critical", "belay_target": "\(target)"},
         "annotations": {}, "generatorURL": "http://p", "startsAt": "2026-03-01T10:00:00Z",
         "endsAt": "0001-01-01T00:00:00Z"}
        """
    }

    /// The same question is asked once, however often the chain asks it; what changes is not called.
    @Test func readingsMayBeReal() async throws {
        let folder = try Folder()
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: web, owner: team-platform}
            rules:
              - id: slow
                match: {type: Slow}
                until: {uses: metrics.query, with: {query: q}, expect: result.value < 1.0, every: 10s, within: 1m}
                steps: [{id: repair, uses: restart_service}]
            """, to: "runbooks/web.yaml")
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: here, owner: team-platform}
            mode: auto
            targets: {web-7: {}}
            bind:
              restart_service: {provider: exec, recovery: idempotent, command: [/bin/bash, -c, "echo x >>\(folder.path)/changed"]}
              metrics.query:
                provider: exec
                output: json
                recovery: pure
                command: [/bin/bash, -c, "echo x >>\(folder.path)/asked; echo '{\\"value\\": 7}'"]
            """, to: "runbooks/environments/here.yaml")
        try folder.write(ServedFolder.incident("Slow", of: "web-7", id: "1"), to: "i.json")
        let answer = try await Belay.run(
            ["simulate", "-i", "i.json", "--env", "here", "--live-reads"], in: folder)
        #expect(answer.status == 1, "\(answer.errors)")
        #expect(answer.output.contains("not as expected, asked 7 times"), "\(answer.output)")
        #expect(answer.output.contains("failed (not_recovered) at +1m"), "\(answer.output)")
        #expect(answer.output.contains("readings are real, of now"))
        #expect(ServedFolder.lines(folder, "asked") == 1)
        #expect(ServedFolder.lines(folder, "changed") == 0)
    }
}
