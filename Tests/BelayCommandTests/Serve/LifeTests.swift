import Foundation
import Testing

/// The daemon's life: programs that change under it, and an orderly end.
@Suite struct LifeTests {
    @Test func aBrokenChangeKeepsTheOldProgramAndRunsKeepTheirs() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("DiskFull", of: "web-7", id: "R-1"))
        let run = try #require(try await daemon.runs("waiting").first?["id"] as? String)

        try folder.write(
            ServedFolder.runbook(for: folder).replacing("exec.run", with: "exec.rum"),
            to: "runbooks/web.yaml")
        daemon.signal(SIGHUP)
        #expect(
            try await daemon.figures(hold: #"belay_program_reloads_total{outcome="rejected"} 1"#),
            "\(daemon.log)")
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: "R-2"))
        #expect(try await daemon.runs("succeeded").count == 1)

        // The rule that the run waits in is gone; it ends with its own program.
        var changed = ServedFolder.runbook(for: folder)
        let asks = try #require(changed.range(of: "  - id: ask-first"))
        let next = try #require(changed.range(of: "  - id: at-once"))
        changed.removeSubrange(asks.lowerBound..<next.lowerBound)
        try folder.write(changed, to: "runbooks/web.yaml")
        daemon.signal(SIGHUP)
        #expect(try await daemon.figures(hold: #"belay_program_reloads_total{outcome="loaded"} 1"#))
        let approved = try await Belay.run("approve", run, "--store", "journal.db", in: folder)
        #expect(approved.status == 0, "\(approved.errors)")
        for _ in 0..<400 where ServedFolder.lines(folder) < 2 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await daemon.runs("succeeded").count == 2)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("DiskFull", of: "web-9", id: "R-3"))
        let log = try await Belay.run(
            "audit", "log", "--kind", "program.loaded", "--kind", "program.rejected", "--store",
            "journal.db", "--format", "json", in: folder)
        #expect(log.output.contains("program.rejected"))
        #expect(await daemon.stop() == 0)
        let told = daemon.log.split(separator: "\n")
        let rejected = try #require(told.firstIndex { $0.contains("program rejected") })
        #expect(told[rejected + 1].contains("exec.rum"), "\(daemon.log)")
        #expect(told.contains { $0.contains("program loaded") && $0.contains("rules=1") })
    }

    @Test func aJournalThatWasPutBackIsToldOfOnce() async throws {
        let folder = try ServedFolder.make()
        var daemon = try await Daemon.start(in: folder)
        #expect(await daemon.stop() == 0)
        let old = try Data(contentsOf: folder.url("journal.db"))
        daemon = try await Daemon.start(in: folder)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("Nothing", of: "web-7", id: "F-1"))
        #expect(await daemon.stop() == 0)
        try old.write(to: folder.url("journal.db"))

        daemon = try await Daemon.start(in: folder)
        for _ in 0..<400 where !daemon.log.contains("cannot sign the log") {
            try await Task.sleep(for: .milliseconds(50))
        }
        let taken = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("Nothing", of: "web-7", id: "F-2"))
        #expect(taken.status == 202, "\(taken.text)")
        try await Task.sleep(for: .seconds(3))
        let told = daemon.log.split(separator: "\n").filter { $0.contains("cannot sign the log") }
        #expect(told.count == 1, "\(daemon.log)")
        #expect(told.first?.contains("belay store accept") == true, "\(told)")
        #expect(await daemon.stop() == 0)
    }

    @Test func aRunThatOutlivesItsProgramAndItsProcessEndsWithItsOwn() async throws {
        let folder = try ServedFolder.make()
        var daemon = try await Daemon.start(in: folder)
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("DiskFull", of: "web-7", id: "R-1"))
        let run = try #require(try await daemon.runs("waiting").first?["id"] as? String)
        let story = try await Belay.run("audit", "show", "--store", "journal.db", in: folder)
        let lines = story.output.split(separator: "\n")
        #expect(
            lines.dropLast(2).last?.hasPrefix("   now  waits until 2") == true, "\(story.output)")
        #expect(lines.suffix(2).first?.hasPrefix("        belay approve \(run) --step ") == true)
        await daemon.kill()
        try folder.write(
            ServedFolder.runbook(for: folder).replacing("ask-first", with: "asks"),
            to: "runbooks/web.yaml")
        daemon = try await Daemon.start(in: folder)
        let approved = try await daemon.ask("POST", "/v1/runs/\(run)/approve", #"{"by": "bo"}"#)
        #expect(approved.status == 200, "\(approved.text)")
        #expect(try await daemon.runs("succeeded").first?["id"] as? String == run)
        #expect(ServedFolder.lines(folder) == 1)
    }

    /// A repair that ends once the file `go` is there.
    private static let gated =
        "echo began >>PLACE/ledger; until [ -e PLACE/go ]; do sleep 0.1; done; echo ended >>PLACE/ledger"

    /// A daemon in the midst of a repair, that was told to stop and has heard it.
    private static func stopping(_ folder: Folder) async throws -> Daemon {
        let daemon = try await Daemon.start(in: folder, "--drain", "5m")
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-7", id: "S-1"))
        for _ in 0..<1200 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        daemon.signal(SIGTERM)
        for _ in 0..<1200 where !daemon.log.contains("draining") {
            try await Task.sleep(for: .milliseconds(50))
        }
        return daemon
    }

    @Test func whoIsToldToStopLetsCallsEnd() async throws {
        let folder = try ServedFolder.make(repair: Self.gated)
        let daemon = try await Self.stopping(folder)
        let refused = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: "S-2"))
        #expect(refused.status == 503 && refused.headers["retry-after"] == "5")
        #expect(try await daemon.ask("GET", "/readyz").status == 503)
        try folder.write("", to: "go")
        await daemon.program.exit()
        #expect(daemon.program.process.terminationStatus == 0, "\(daemon.log)")
        #expect(ServedFolder.lines(folder) == 2)
        let runs = try await Belay.run("runs", "--store", "journal.db", in: folder)
        #expect(runs.output.contains("succeeded"), "\(runs.output)")
        let verified = try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0 && !verified.output.contains("not signed yet"))
    }

    @Test func whoIsToldToStopBeginsNoFurtherCall() async throws {
        let folder = try ServedFolder.make(repair: Self.gated)
        let second =
            "      - {id: after, uses: exec.run, with: {command: [/bin/touch, PLACE/second]}}\n"
        try folder.write(
            try folder.text("runbooks/web.yaml") + second.replacing("PLACE", with: folder.path),
            to: "runbooks/web.yaml")
        var daemon = try await Self.stopping(folder)
        try folder.write("", to: "go")
        await daemon.program.exit()
        #expect(daemon.program.process.terminationStatus == 0, "\(daemon.log)")
        #expect(ServedFolder.lines(folder) == 2)
        #expect(
            (try? folder.text("second")) == nil, "the second call began after the order to stop")
        daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.runs("succeeded").count == 1)
        #expect(try folder.text("second").isEmpty)
        #expect(ServedFolder.lines(folder) == 2)
    }

    @Test func whoIsToldTwiceLeavesAtOnce() async throws {
        let folder = try ServedFolder.make(repair: "echo began >>PLACE/ledger; exec sleep 60")
        let daemon = try await Daemon.start(in: folder, "--drain", "1m")
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-7", id: "S-1"))
        for _ in 0..<400 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let start = ContinuousClock.now
        daemon.signal(SIGTERM)
        try await Task.sleep(for: .milliseconds(500))
        #expect(await daemon.stop() == 1)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
