import Foundation
import Testing

/// People with tokens of their own, and whose consent counts.
@Suite struct PeopleTests {
    private static func token(
        _ name: String, _ more: String..., in folder: Folder
    ) async throws -> String {
        let answer = try await Belay.run(
            ["token", "add", name] + more + ["--store", "journal.db"], in: folder)
        #expect(answer.status == 0, "\(answer.errors)")
        return answer.lastLine
    }

    private static func denials(in folder: Folder) async throws -> String {
        try await Belay.run(
            "audit", "log", "--kind", "auth.denied", "--store", "journal.db", in: folder
        ).output
    }

    private static func waiting(_ daemon: Daemon, _ id: String) async throws -> String {
        _ = try await daemon.ask(
            "POST", "/v1/incidents", ServedFolder.incident("DiskFull", of: "web-7", id: id))
        return try #require(try await daemon.runs("waiting").first?["id"] as? String)
    }

    @Test func onlyWhoIsInTheGroupMayApproveOrDeny() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let run = try await Self.waiting(daemon, "G-1")
        for word in ["approve", "deny"] {
            let refused = try await daemon.ask("POST", "/v1/runs/\(run)/\(word)", #"{"by": "eve"}"#)
            #expect(refused.status == 403, "\(refused.text)")
            #expect(refused.text.contains("eve may not answer for group/sre: ann, bo may"))
            let command = try await Belay.run(
                word, run, "--by", "eve", "--store", "journal.db", in: folder)
            #expect(command.status == 1 && command.errors.contains("ann, bo may"))
        }
        let detail = try await daemon.ask("GET", "/v1/runs/\(run)").list("approvals").first
        #expect(detail?["people"] as? [String] == ["ann", "bo"])
        let story = try await Belay.run("audit", "show", run, "--store", "journal.db", in: folder)
        #expect(
            story.output.split(separator: "\n").count {
                $0.contains("auth.denied") && $0.contains("not_approver")
                    && $0.contains("by person:eve")
            } == 4, "\(story.output)")
        let approved = try await Belay.run("approve", run, "--store", "journal.db", in: folder)
        #expect(approved.status == 0 && approved.output.hasPrefix("approved by ann"))
        #expect(try await daemon.runs("succeeded").count == 1)
        #expect(await daemon.stop() == 0)
        let verified = try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func withoutADaemonTheSameHolds() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let run = try await Self.waiting(daemon, "G-2")
        #expect(await daemon.stop() == 0)
        let refused = try await Belay.run(
            "approve", run, "--by", "eve", "--store", "journal.db", in: folder)
        #expect(refused.status == 1 && refused.errors.contains("ann, bo may"), "\(refused.errors)")
        #expect(try await Self.denials(in: folder).contains("not_approver"))
    }

    @Test func aTokenOfOnesOwnIsThatPersonAndDoesWhatItsRolesMay() async throws {
        let folder = try ServedFolder.make()
        let ann = try await Self.token("ann", "--role", "approver", in: folder)
        let cy = try await Self.token("cy", "--role", "operator", in: folder)
        let eve = try await Self.token("eve", "--role", "viewer", in: folder)
        let daemon = try await Daemon.start(in: folder)
        let body = ServedFolder.incident("DiskFull", of: "web-7", id: "T-1")
        for (token, status) in [(eve, 403), (ann, 403), (cy, 202)] {
            let answer = try await daemon.ask("POST", "/v1/incidents", body, token: token)
            #expect(answer.status == status, "\(answer.text)")
        }
        let run = try #require(try await daemon.runs("waiting").first?["id"] as? String)
        for token in [ann, cy, eve] {
            #expect(try await daemon.ask("GET", "/v1/runs", token: token).status == 200)
        }
        func approve(_ token: String, _ body: String = "{}") async throws -> Daemon.Answer {
            try await daemon.ask("POST", "/v1/runs/\(run)/approve", body, token: token)
        }
        let wrong = try await approve(cy)
        #expect(wrong.status == 403 && wrong.text.contains("cy is operator"), "\(wrong.text)")
        #expect(wrong.text.contains("approver, admin"))
        #expect(try await approve(eve).status == 403)
        let other = try await approve(ann, #"{"by": "bo"}"#)
        #expect(other.status == 403 && other.text.contains("cannot speak for 'bo'"))
        // Who cannot read the journal names the daemon.
        let elsewhere = try Folder()
        let address = "http://\(daemon.address)"
        let runs = try await Belay.run(
            "runs", "--open", "--rule", "ask-first", "--url", address, in: elsewhere,
            variables: ["BELAY_TOKEN": eve])
        #expect(runs.status == 0 && runs.output.contains(run), "\(runs.output) \(runs.errors)")
        // As the list names it, too; from the daemon as from its journal.
        for (rule, isThere) in [("web/ask-first", true), ("cache/ask-first", false)] {
            let told = try await Belay.run(
                "runs", "--rule", rule, "--url", address, in: elsewhere,
                variables: ["BELAY_TOKEN": eve])
            #expect(told.status == 0 && told.output.contains(run) == isThere, "\(told.output)")
            let read = try await Belay.run(
                "runs", "--rule", rule, "--store", "journal.db", in: folder)
            #expect(read.status == 0 && read.output.contains(run) == isThere, "\(read.output)")
        }
        let plain = try await Belay.run(
            "runs", "--url", "http://belay.example.com", in: elsewhere,
            variables: ["BELAY_TOKEN": eve])
        #expect(plain.status == 2 && plain.errors.contains("without TLS"), "\(plain.errors)")
        let unnamed = try await Belay.run("approve", run, "--url", address, in: elsewhere)
        #expect(unnamed.status == 2 && unnamed.errors.contains("wants a token"))
        // The command takes the name from the token, whatever the machine calls its user.
        let done = try await Belay.run(
            "approve", run, in: elsewhere,
            variables: ["BELAY_TOKEN": ann, "USER": "root", "BELAY_URL": address])
        #expect(done.status == 0 && done.output.hasPrefix("approved by ann"), "\(done.errors)")
        #expect(try await daemon.runs("succeeded").count == 1)
        let pause = try await Belay.run(
            "pause", "--reason", "by cy", "--store", "journal.db", in: folder,
            variables: ["BELAY_TOKEN": cy])
        #expect(pause.status == 0 && pause.output.hasPrefix("paused by cy"), "\(pause.errors)")
        // A viewer sees what is paused, the same from the daemon as from its journal.
        for format in ["human", "json"] {
            let told = try await Belay.run(
                "pauses", "--format", format, "--url", address, in: elsewhere,
                variables: ["BELAY_TOKEN": eve])
            #expect(told.status == 0 && told.output.contains("by cy"), "\(told.errors)")
            let read = try await Belay.run(
                "pauses", "--format", format, "--store", "journal.db", in: folder)
            #expect(told.output == read.output, "\(told.output) \(read.output) \(read.errors)")
        }
        let story = try await Belay.run("audit", "show", run, "--store", "journal.db", in: folder)
        #expect(
            story.output.split(separator: "\n").contains {
                $0.contains("approval.granted") && $0.hasSuffix("by person:ann (token)")
            }, "\(story.output)")
        let denials = try await Self.denials(in: folder)
        #expect(denials.contains("wrong_role") && denials.contains("wrong_name"), "\(denials)")
    }

    @Test func whoIsRevokedOrLateIsRefused() async throws {
        let folder = try ServedFolder.make()
        let ann = try await Self.token("ann", "--role", "admin", in: folder)
        let late = try await Self.token("late", "--role", "admin", "--for", "1ms", in: folder)
        let daemon = try await Daemon.start(in: folder)
        #expect(try await daemon.ask("GET", "/v1/runs", token: ann).status == 200)
        let expired = try await daemon.ask("GET", "/v1/runs", token: late)
        #expect(expired.status == 401 && expired.text.contains("has expired"))
        let list = try await Belay.run("token", "list", "--store", "journal.db", in: folder)
        #expect(list.output.contains("ann   admin  active"), "\(list.output)")
        #expect(list.output.contains("late  admin  expired"), "\(list.output)")
        let revoked = try await Belay.run(
            "token", "revoke", "ann", "--store", "journal.db", in: folder)
        #expect(revoked.output == "1 token of ann revoked\n", "\(revoked.errors)")
        let refused = try await daemon.ask("GET", "/v1/runs", token: ann)
        #expect(refused.status == 401 && refused.text.contains("was revoked"))
        let again = try await Belay.run(
            "token", "revoke", "ann", "--store", "journal.db", in: folder)
        #expect(again.status == 1)
        let role = try await Belay.run(
            "token", "add", "bo", "--role", "aprover", "--store", "journal.db", in: folder)
        #expect(role.status == 2 && role.errors.contains("did you mean approver?"))
        #expect(try await Self.denials(in: folder).contains("_token"))
    }

    // MARK: On record

    private static func given(in folder: Folder) async throws -> [String] {
        let log = try await Belay.run(
            "audit", "log", "--kind", "auth.granted", "--kind", "auth.revoked", "--store",
            "journal.db", in: folder)
        return log.output.split(separator: "\n").map(String.init)
    }

    @Test func whoGetsAndLosesRolesIsOnRecord() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let ann = try await Self.token(
            "ann", "--role", "approver", "--role", "viewer", "--by", "eve", in: folder)
        let taken = try await Belay.run(
            "token", "revoke", "ann", "--by", "eve", "--store", "journal.db", in: folder)
        #expect(taken.output == "1 token of ann revoked\n" && taken.errors.isEmpty)
        #expect(await daemon.stop() == 0, "\(daemon.log)")
        // Without a daemon too; the user's name where nobody is named.
        let bo = try await Self.token("bo", "--role", "admin", in: folder)
        let lines = try await Self.given(in: folder)
        let ends = [
            "ann: approver, viewer  by person:eve", "ann: approver, viewer  by person:eve",
            "bo: admin  by person:ann",
        ]
        #expect(lines.count == 3, "\(lines)")
        for (line, end) in zip(lines, ends) { #expect(line.hasSuffix(end), "\(line)") }
        #expect(lines[0].contains("auth.granted") && lines[1].contains("auth.revoked"))
        let export = try await Belay.run("audit", "export", "--store", "journal.db", in: folder)
        let file = try folder.text("journal.db.people")
        for token in [ann, bo] { #expect(!(export.output + file).contains(token)) }
        for match in file.matches(of: #/"sha256": "([0-9a-f]{64})"/#) {
            #expect(!export.output.contains(match.1))
        }
        let verified = try await Belay.run("audit", "verify", "--store", "journal.db", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func onlyAnAdminSaysWhatOthersMay() async throws {
        let folder = try ServedFolder.make()
        let daemon = try await Daemon.start(in: folder)
        let cy = try await Self.token("cy", "--role", "operator", "--role", "approver", in: folder)
        let dan = try await Self.token("dan", "--role", "admin", in: folder)
        let hash = String(repeating: "ab", count: 32)
        let body = #"{"token": {"name": "cy", "roles": ["admin"], "sha256": "\#(hash)"}}"#
        let refused = try await daemon.ask("POST", "/v1/people", body, token: cy)
        #expect(refused.status == 403, "\(refused.text)")
        let end = try await daemon.ask("POST", "/v1/people/revoke", #"{"name": "dan"}"#, token: cy)
        #expect(end.status == 403, "\(end.text)")
        for wrong in [
            body.replacing("admin", with: "chief"), body.replacing("abab", with: "zz"),
            body.replacing(#""cy""#, with: #""c y""#), "{}",
        ] {
            let answer = try await daemon.ask("POST", "/v1/people", wrong, token: dan)
            #expect(answer.status == 400, "\(answer.text)")
        }
        #expect(try await daemon.ask("POST", "/v1/people", body, token: dan).status == 201)
        let proven = try await Self.given(in: folder)
        #expect(proven.last?.hasSuffix("cy: admin  by person:dan") == true, "\(proven)")
        #expect(try await daemon.ask("POST", "/v1/people/revoke", "{}", token: dan).status == 400)
    }

    @Test func aTokenEndsAlsoWhereNothingCanBeRecorded() async throws {
        let folder = try ServedFolder.make()
        let early = try await Belay.run(
            "token", "add", "eve", "--role", "viewer", "--store", "journal.db", in: folder)
        #expect(early.status == 0 && early.errors.contains("not on record"), "\(early.errors)")
        let daemon = try await Daemon.start(in: folder)
        let wrong = ["BELAY_TOKEN": "not-the-token-of-the-daemon"]
        let added = try await Belay.run(
            "token", "add", "fay", "--role", "viewer", "--store", "journal.db", in: folder,
            variables: wrong)
        #expect(added.status == 2 && added.output.isEmpty, "\(added)")
        let ended = try await Belay.run(
            "token", "revoke", "eve", "--store", "journal.db", in: folder, variables: wrong)
        #expect(ended.status == 0 && ended.output == "1 token of eve revoked\n", "\(ended)")
        #expect(
            ended.errors.contains("refuses the token") && ended.errors.contains("not on record"))
        let refused = try await daemon.ask("GET", "/v1/runs", token: early.lastLine)
        #expect(refused.status == 401 && refused.text.contains("was revoked"), "\(refused.text)")
        let list = try await Belay.run("token", "list", "--store", "journal.db", in: folder)
        #expect(!list.output.contains("fay"), "\(list.output)")
    }
}
