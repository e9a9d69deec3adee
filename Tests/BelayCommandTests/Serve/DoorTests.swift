import Foundation
import Testing

/// What comes to the daemon's doors: who may enter, what is read, what is refused.
@Suite struct DoorTests {
    @Test func onlyWhoBearsTheTokenMayEnter() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let body = ServedFolder.incident("Nothing", of: "web-7", id: "D-1")
        for path in ["/v1/incidents", "/v1/sources/alertmanager", "/v1/pause"] {
            for token in ["", "wrong"] {
                let answer = try await daemon.ask("POST", path, body, token: token)
                #expect(answer.status == 401, "\(path) \(answer.text)")
                #expect(answer.headers["www-authenticate"] == "Bearer")
            }
        }
        #expect(try await daemon.ask("GET", "/v1/runs", token: "").status == 401)
        #expect(try await daemon.ask("GET", "/healthz", token: "").status == 200)
        #expect(try await daemon.ask("GET", "/readyz", token: "").text == "ready\n")
        #expect(try await daemon.figures(hold: "belay_auth_denied_total 7"))
        let denied = try await Belay.run(
            "audit", "log", "--kind", "auth.denied", "--store", "journal.db", in: folder)
        // At most one in ten seconds, however long these seven took.
        #expect((1...3).contains(denied.output.split(separator: "\n").count), "\(denied.output)")
        #expect(denied.output.contains("no_token"))
        let told = daemon.log.split(separator: "\n").filter { $0.contains("refused at the gate") }
        #expect((1...2).contains(told.count), "a line a minute at most:\n\(daemon.log)")
        #expect(told.first?.contains("no_token") == true)
    }

    @Test func whatCannotBeReadIsRefusedWithItsReason() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        func post(_ body: String, _ headers: [String: String] = [:]) async throws -> Daemon.Answer {
            try await daemon.ask("POST", "/v1/incidents", body, headers: headers)
        }
        #expect(try await post("{").status == 400)
        #expect(try await post(#"{"type": "A", "type": "B"}"#).status == 400)
        let deep = String(repeating: "[", count: 100_000)
        #expect(try await post(deep).status == 400)
        #expect(try await post(String(repeating: " ", count: (1 << 20) + 1)).status == 413)
        #expect(try await post("{}", ["Content-Encoding": "gzip"]).status == 415)
        let stranger = try await post(#"{"type": "A", "colour": "red"}"#)
        #expect(stranger.status == 422 && stranger.text.contains("colour"), "\(stranger.text)")
        let some = try await daemon.ask(
            "POST", "/v1/sources/alertmanager",
            ServedFolder.delivery("Nothing").replacing("\"alerts\": [", with: "\"alerts\": [7, "))
        #expect(some.status == 202 && some.list("incidents").count == 1)
        #expect(some.list("rejected").first?["index"] as? Int == 0)
        #expect(try await daemon.ask("GET", "/v1/nothing").status == 404)
        let method = try await daemon.ask("DELETE", "/v1/runs")
        #expect(method.status == 405 && method.headers["allow"] == "GET")
        #expect(try await daemon.ask("GET", "/v1/runs/0190ffff").status == 404)
        #expect(try await daemon.ask("POST", "/v1/runs/0190ffff/approve", "{}").status == 400)
        #expect(try await daemon.ask("GET", "/healthz").status == 200)
    }

    @Test func twoThingsUnderOneIDAreAConflict() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        func post(_ target: String) async throws -> Daemon.Answer {
            try await daemon.ask(
                "POST", "/v1/incidents",
                ServedFolder.incident("ProcessDown", of: target, id: "C-1"))
        }
        let first = try await post("web-7")
        let id = try #require(first.list("incidents").first?["id"] as? String)
        #expect(first.status == 202)
        #expect(try await daemon.runs("succeeded").count == 1)
        #expect(try await post("web-7").status == 202)
        let other = try await post("web-8")
        #expect(other.status == 409, "\(other.text)")
        #expect(other.list("incidents").first?["id"] as? String == id)
        #expect((other["error"] as? [String: Any])?["code"] as? String == "conflict")
        let log = try await Belay.run(
            "audit", "log", "--kind", "incident.updated", "--store", "journal.db", in: folder)
        #expect(log.output.split(separator: "\n").count == 1, "\(log.output)")
        #expect(try await daemon.runs("succeeded").count == 1)
        #expect(ServedFolder.lines(folder) == 1)
    }

    @Test func aFullQueueSaysWhenToComeBack() async throws {
        let folder = try ServedFolder.make(repair: "echo began >>PLACE/ledger; exec sleep 30")
        let daemon = try await Daemon.start(in: folder, "--in-flight", "1", "--queue", "2")
        func post(_ id: String, of target: String) async throws -> Daemon.Answer {
            try await daemon.ask(
                "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: target, id: id))
        }
        #expect(try await post("Q-1", of: "web-7").status == 202)
        for _ in 0..<400 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await post("Q-2", of: "web-8").status == 202)
        #expect(try await post("Q-3", of: "web-9").status == 202)
        // Both wait for the one place; what is decided waits no less.
        let full = try await post("Q-4", of: "web-8")
        #expect(full.status == 429 && full.headers["retry-after"] == "5", "\(full.text)")
        let log = try await Belay.run(
            "audit", "log", "--kind", "incident.accepted", "--store", "journal.db", in: folder)
        #expect(log.output.split(separator: "\n").count == 3)
    }

    @Test func decisionsAndNoticesGoOnWhileAllPlacesAreTaken() async throws {
        let folder = try ServedFolder.make(repair: "echo began >>PLACE/ledger; exec sleep 900")
        let daemon = try await Daemon.start(in: folder, "--in-flight", "1", "--drain", "1s")
        func post(_ body: String) async throws {
            let answer = try await daemon.ask("POST", "/v1/incidents", body)
            #expect(answer.status == 202, "\(answer.text)")
        }
        try await post(ServedFolder.incident("ProcessDown", of: "web-7", id: "F-1"))
        for _ in 0..<400 where ServedFolder.lines(folder) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let pause = try await Belay.run(
            "pause", "target/web-9", "--reason", "short", "--for", "1s", "--store", "journal.db",
            in: folder)
        #expect(pause.status == 0, "\(pause.errors)")
        try await post(ServedFolder.incident("ProcessDown", of: "web-8", id: "F-2"))
        #expect(try await daemon.runs("ready").count == 1)
        try await post(ServedFolder.incident("NobodyKnowsThis", of: "web-8", id: "F-3"))
        try await post(
            #"{"type": "ProcessDown", "target": "web-7", "status": "resolved", "id": "F-4"}"#)
        for kind in ["rule.unmatched", "run.noticed", "pause.expired"] {
            var log = ""
            for _ in 0..<100 where !log.contains(kind) {
                log = try await Belay.run(
                    "audit", "log", "--kind", kind, "--store", "journal.db", in: folder
                ).output
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(log.contains(kind), "\(kind)")
        }
        #expect(ServedFolder.lines(folder) == 1)
        #expect(try await daemon.runs("running").count == 1)
    }

    @Test func aPauseHoldsChangesBackUntilItIsLifted() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let paused = try await Belay.run(
            "pause", "target/web-8", "--reason", "ann works on it", "--for", "2h", "--store",
            "journal.db", in: folder)
        #expect(paused.status == 0, "\(paused.errors)")
        let pauses = try await daemon.ask("GET", "/v1/pauses").list("pauses")
        #expect(pauses.first?["owner"] as? String == "ann")
        #expect(pauses.first?["scope"] as? String == "target/web-8")
        let slip = try await daemon.ask(
            "POST", "/v1/pause",
            #"{"by": "ann", "reason": "r", "expire": "2099-01-01T00:00:00Z"}"#)
        #expect(slip.status == 400 && slip.text.contains("did you mean 'expires'?"), "\(slip.text)")
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: "P-1"))
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-9", id: "P-2"))
        #expect(try await daemon.runs("succeeded").count == 1)
        #expect(ServedFolder.lines(folder) == 1)
        let figures = try await daemon.ask("GET", "/metrics").text
        #expect(figures.contains(#"belay_suppressed_total{reason="paused"} 1"#), "\(figures)")
        #expect(daemon.log.contains("held back"), "\(daemon.log)")
        let resumed = try await Belay.run(
            "resume", "target/web-8", "--store", "journal.db", in: folder)
        #expect(resumed.status == 0 && resumed.output.contains("1 pause lifted"))
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-8", id: "P-3"))
        for _ in 0..<400 where ServedFolder.lines(folder) < 2 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(ServedFolder.lines(folder) >= 2)
    }

    @Test func aPauseOfANameThatNobodyKnowsIsSetAndSaysSo() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        func command(_ scope: String) async throws -> Belay.Answer {
            try await Belay.run(
                "pause", scope, "--reason", "by hand", "--store", "journal.db", in: folder)
        }
        func ask(_ scope: String) async throws -> Daemon.Answer {
            let answer = try await daemon.ask(
                "POST", "/v1/pause", #"{"by": "ann", "reason": "r", "scope": "\#(scope)"}"#)
            #expect(answer.status == 201, "\(answer.text)")
            return answer
        }
        let same = "The pause is in force all the same"
        let slip = try await command("target/web-88")
        #expect(slip.status == 0 && slip.output.hasPrefix("paused by ann: target/web-88 until"))
        let said = #"no target "web-88" is in environment here; did you mean "web-8"?"#
        #expect(slip.errors == "belay: warning: \(said) \(same)\n", "\(slip.errors)")
        // An incident may be of a target that the environment does not list: there it holds.
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-88", id: "N-1"))
        #expect(try await daemon.figures(hold: #"belay_suppressed_total{reason="paused"} 1"#))
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("ProcessDown", of: "web-7", id: "N-2"))
        #expect(try await daemon.runs("succeeded").count == 1)

        for (scope, said) in [
            ("target/web-77", #"no target "web-77" is in environment here; did you mean "web-7"?"#),
            ("target/elsewhere", #"no target "elsewhere" is in environment here."#),
            ("runbook/wbe", #"no runbook "wbe" is in the program; did you mean "web"?"#),
            (
                "provider/exce",
                #"no provider "exce" is bound in environment here; did you mean "exec"?"#
            ),
        ] {
            let answer = try await ask(scope)
            #expect(answer["warning"] as? String == "\(said) \(same)", "\(answer.text)")
        }
        for scope in ["all", "target/web-7", "runbook/web", "provider/exec"] {
            let answer = try await ask(scope)
            #expect(answer["warning"] == nil, "\(answer.text)")
        }
        let pauses = try await daemon.ask("GET", "/v1/pauses").list("pauses")
        #expect(pauses.count == 9, "\(pauses)")

        // Without the daemon the journal knows what its newest run began with.
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        let later = try await command("target/web-99")
        #expect(later.status == 0, "\(later.errors)")
        #expect(
            later.errors.contains(
                #"no target "web-99" is in any environment of the newest run's program; did you mean "web-9"?"#
            ), "\(later.errors)")
    }
}
