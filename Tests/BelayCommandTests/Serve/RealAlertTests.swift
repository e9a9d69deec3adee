import Foundation
import Testing

/// A service breaks, a real Prometheus sees it, a real Alertmanager tells the daemon, which mends it.
///
/// Skipped only where Debian's packages prometheus and prometheus-alertmanager are not installed;
/// `scripts/setup --tests` installs them, and so does CI.
@Suite(
    .serialized,
    .enabled(
        if: Monitoring.programs != nil,
        "SKIPPED: prometheus or prometheus-alertmanager is not installed; run scripts/setup --tests"
    ))
struct RealAlertTests {
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: shop, owner: team-shop}
        rules:
          - id: unhealthy
            match: {type: ShopUnhealthy, priority: critical}
            until: resolved
            steps:
              - {id: mend, uses: restart_service}
              - {id: human, uses: notify_human}
        """

    /// Mending twice is mending once.
    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: here, owner: team-shop}
        targets: {shop: {}}
        mode: auto
        bind:
          restart_service:
            provider: exec
            command: [/bin/bash, -c, "echo began >>PLACE/ledger; sleep SECONDS; [[ $(wc -l <PLACE/ledger) -ge ATTEMPTS ]] && rm -f PLACE/broken"]
            recovery: idempotent
          notify_human: {provider: log}
        """

    /// A service that is mended by so many attempts at the least: what a killed daemon leaves running must not be it.
    private func folder(seconds: Int, attempts: Int) throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/shop.yaml")
        try folder.write(
            Self.environment.replacing("SECONDS", with: "\(seconds)")
                .replacing("ATTEMPTS", with: "\(attempts)")
                .replacing("PLACE", with: folder.path),
            to: "runbooks/environments/here.yaml")
        return folder
    }

    @Test func theServiceIsMendedAndTheRunEndsResolved() async throws {
        let folder = try folder(seconds: 0, attempts: 1)
        let daemon = try await Daemon.start(in: folder)
        let monitoring = try Monitoring(
            of: folder, to: daemon.address, tokenFile: folder.path("journal.db.token"))
        try folder.write("", to: "broken")
        let run = try await ended(daemon, monitoring)
        #expect(!FileManager.default.fileExists(atPath: folder.path("broken")))
        #expect(ServedFolder.lines(folder) == 1)
        try await proves(run, in: folder, daemon)
    }

    @Test func killedInTheMiddleItEndsTheSame() async throws {
        let folder = try folder(seconds: 3, attempts: 2)
        let daemon = try await Daemon.start(in: folder)
        let monitoring = try Monitoring(
            of: folder, to: daemon.address, tokenFile: folder.path("journal.db.token"))
        try folder.write("", to: "broken")
        for _ in 0..<1200 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(ServedFolder.lines(folder) == 1, "\(daemon.log)\(monitoring.log)")
        await daemon.kill()
        // Where the service listens must stay the same: Alertmanager knows this address.
        let again = try await Daemon.start(in: folder, "--listen", daemon.address)
        let run = try await ended(again, monitoring)
        #expect(!FileManager.default.fileExists(atPath: folder.path("broken")))
        #expect(ServedFolder.lines(folder) == 2)
        try await proves(run, in: folder, again)
    }

    /// The one run, once it has ended.
    private func ended(_ daemon: Daemon, _ monitoring: Monitoring) async throws -> String {
        do {
            let runs = try await daemon.runs("resolved", within: 60)
            #expect(runs.count == 1)
            return runs[0]["id"] as? String ?? ""
        } catch { throw Daemon.Failure("\(error)\n\(monitoring.log)") }
    }

    private func proves(_ run: String, in folder: Folder, _ daemon: Daemon) async throws {
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        let story = try await Belay.run("audit", "show", run, "--store", "journal.db", in: folder)
        for words in ["step.intent", "run.noticed", "run.finished", "resolved"] {
            #expect(story.output.contains(words), "\(words) is missing in:\n\(story.output)")
        }
        let verified = try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }
}
