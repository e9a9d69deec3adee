import Foundation
import Testing

/// What was accepted outlives the process: kill -9 in the middle of a run that waits for a person.
@Suite struct SurvivalTests {
    @Test func aRunThatWaitsForApprovalOutlivesKill9() async throws {
        let folder = try ServedFolder.make()
        var daemon = try await Daemon.start(in: folder)
        let delivery = ServedFolder.delivery("DiskFull")
        let first = try await daemon.ask("POST", "/v1/sources/alertmanager", delivery)
        #expect(first.status == 202, "\(first.text)")
        let id = try #require(first.list("incidents").first?["id"] as? String)
        #expect(first.list("incidents").first?["outcome"] as? String == "accepted")
        let again = try await daemon.ask("POST", "/v1/sources/alertmanager", delivery)
        #expect(again.status == 202)
        #expect(again.list("incidents").first?["id"] as? String == id)
        #expect(again.list("incidents").first?["outcome"] as? String == "duplicate")

        let waiting = try #require(try await daemon.runs("waiting").first)
        #expect(waiting["reason"] as? String == "approval")
        let run = try #require(waiting["id"] as? String)
        let detail = try await daemon.ask("GET", "/v1/runs/\(run)")
        #expect(detail.list("approvals").first?["decision"] as? String == "open")
        #expect(ServedFolder.lines(folder) == 0)

        await daemon.kill()
        daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.runs("waiting").first?["id"] as? String == run)
        let approved = try await Belay.run(
            "approve", run, "--store", "journal.db", in: folder)
        #expect(approved.status == 0, "\(approved.errors)")
        #expect(approved.output.hasPrefix("approved by ann: run \(run)"))
        #expect(try await daemon.runs("succeeded").first?["id"] as? String == run)
        #expect(ServedFolder.lines(folder) == 1)

        let twice = try await Belay.run("approve", run, "--store", "journal.db", in: folder)
        #expect(twice.status == 1, "\(twice.output)")
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        try await storyReadsWell(run, in: folder)
    }

    @Test func consentWithoutADaemonIsKeptForTheNext() async throws {
        let folder = try ServedFolder.make()
        var daemon = try await Daemon.start(in: folder)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("DiskFull", of: "web-8", id: "A-1"))
        let run = try #require(try await daemon.runs("waiting").first?["id"] as? String)
        await daemon.kill()

        let denied = try await Belay.run(
            "deny", String(run.prefix(13)), "--store", "journal.db", "--by", "bo", in: folder)
        #expect(denied.status == 0, "\(denied.errors)")
        #expect(denied.output.contains("it goes on when `belay serve` runs"))
        daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.runs("denied").first?["id"] as? String == run)
        #expect(ServedFolder.lines(folder) == 0)
        let runs = try await Belay.run("runs", "--store", "journal.db", in: folder)
        #expect(runs.output.contains("denied") && runs.output.contains("web/ask-first"))
    }

    @Test func aCallThatWasCutOffWaitsForAPersonAndIsNotRepeated() async throws {
        let folder = try ServedFolder.make(repair: "echo began >>PLACE/ledger; exec sleep 30")
        var daemon = try await Daemon.start(in: folder)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: "A-2"))
        for _ in 0..<400 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        await daemon.kill()
        daemon = try await Daemon.start(in: folder)
        let waiting = try #require(try await daemon.runs("waiting").first)
        #expect(waiting["reason"] as? String == "person")
        let run = try #require(waiting["id"] as? String)
        let resolved = try await Belay.run(
            "resolve", run, "repair", "succeeded", "--store", "journal.db", in: folder)
        #expect(resolved.status == 0, "\(resolved.errors)")
        #expect(try await daemon.runs("succeeded").first?["id"] as? String == run)
        #expect(ServedFolder.lines(folder) == 1)
    }

    private func storyReadsWell(_ run: String, in folder: Folder) async throws {
        let story = try await Belay.run("audit", "show", run, "--store", "journal.db", in: folder)
        let kinds = story.output.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.contains(".") && !$0.contains(":") }.map(
                String.init)
        }
        let wanted = [
            "run.created", "approval.requested", "run.waiting", "run.claimed", "step.intent",
            "step.result", "run.finished",
        ]
        var rest = kinds[...]
        for kind in wanted {
            guard let place = rest.firstIndex(of: kind) else {
                Issue.record("\(kind) is not where it should be in:\n\(story.output)")
                return
            }
            rest = rest[(place + 1)...]
        }
        #expect(
            story.output.split(separator: "\n").contains {
                $0.contains("approval.granted") && $0.hasSuffix("by person:ann")
            }, "\(story.output)")
        let verified = try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0 && verified.output.hasPrefix("verified: "))
    }
}
