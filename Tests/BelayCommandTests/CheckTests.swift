import Foundation
import Testing

/// `belay check` as a person meets it.
@Suite struct CheckTests {
    @Test func tenMistakesAreTenFindings() async throws {
        let folder = try Folder()
        try folder.copy(Repository.fixtures.appending(path: "mistakes"), to: "runbooks")
        let answer = try await Belay.run("check", in: folder)
        #expect(answer.status == 1)
        let heads = answer.output.split(separator: "\n").filter { $0.hasPrefix("error[") }
        #expect(heads.count == 10)
        #expect(!answer.output.contains("warning["))
        try Golden.expect(answer.output, is: "mistakes.out")
    }

    @Test func findingsAreSortedByPlace() async throws {
        let folder = try Folder()
        try folder.copy(Repository.fixtures.appending(path: "mistakes"), to: "runbooks")
        let answer = try await Belay.run("check", in: folder)
        let places = answer.output.matches(of: #/--> (\S+):(\d+):(\d+)/#).map {
            (String($0.1), Int($0.2) ?? 0, Int($0.3) ?? 0)
        }
        #expect(places.count == 10)
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func nothingRunsFromARepositoryWithAnError() async throws {
        let folder = try Folder()
        try folder.copy(Repository.fixtures.appending(path: "mistakes"), to: "runbooks")
        try folder.write(#"{"type": "Other", "priority": "low"}"#, to: "incident.json")
        for command in ["plan", "explain", "run"] {
            let answer = try await Belay.run(command, "-i", "incident.json", in: folder)
            #expect(answer.status == 1, "\(command)")
            #expect(answer.errors.contains("nothing is run from a repository with errors"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
    }

    @Test func findingsAsJSONHaveAVersion() async throws {
        let folder = try Folder()
        try folder.copy(Repository.fixtures.appending(path: "mistakes"), to: "runbooks")
        let answer = try await Belay.run("check", "--format", "json", in: folder)
        let value = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        let object = try #require(value as? [String: Any])
        #expect(object["schema_version"] != nil)
        #expect(answer.status == 1)
    }

    @Test func theRunbooksOfThisRepositoryAreClean() async throws {
        let folder = try Folder()
        try folder.copy(Repository.root.appending(path: "runbooks"), to: "runbooks")
        for environment in ["simulated", "local", "lambda"] {
            let answer = try await Belay.run(
                "check", "--env", environment, in: folder,
                variables: ["AWS_REGION": "eu-west-1", "METRICS_URL": "http://127.0.0.1:9090"])
            #expect(answer.status == 0, "\(environment): \(answer.output)\(answer.errors)")
            #expect(answer.output.isEmpty, "\(environment): \(answer.output)")
        }
    }

    @Test func whatAnEnvironmentLacksIsToldWhenItIsNamed() async throws {
        let folder = try ServedFolder.make()
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: bare, owner: team-platform}
            people: {groups: {sre: []}}
            env: [SHELL_TIMEOUT]
            bind: {exec.run: {provider: exec, env: {T: "${{ env.SHELL_TIMEOUT }}"}}}

            """, to: "runbooks/environments/bare.yaml")
        let plain = try await Belay.run("check", in: folder)
        #expect(!plain.output.contains("RB11"), "\(plain.output)")
        let bare = try await Belay.run("check", "--env", "bare", in: folder)
        #expect(bare.status == 0, "\(bare.errors)")
        #expect(bare.output.contains("warning[RB1108]: nobody is in `group/sre`"), "\(bare.output)")
        #expect(bare.output.contains("warning[RB1109]"), "\(bare.output)")
        #expect(bare.output.contains("people.groups.sre"))
        #expect(bare.output.contains("warning[RB1110]: environment `bare`"), "\(bare.output)")
        let set = try await Belay.run(
            "check", "--env", "bare", in: folder, variables: ["SHELL_TIMEOUT": "1"])
        #expect(set.output.contains("RB1108") && !set.output.contains("RB1109"), "\(set.output)")
    }

    /// The engine keeps the word of the warning: what is not listed is not acted on, so no target is no change.
    @Test func withoutTargetsNothingIsChangedAndThatIsTold() async throws {
        let folder = try ServedFolder.make()
        let path = "runbooks/environments/here.yaml"
        let text = try folder.text(path)
        try folder.write(
            ServedFolder.incident("ProcessDown", of: "web-7", id: "INC-1"), to: "incident.json")
        let run = ["run", "-i", "incident.json", "--env", "here", "--store", "journal.db"]
        let listed = "targets: {web-7: {}, web-8: {}, web-9: {}}\n"
        #expect(text.contains(listed))
        for none in ["", "targets: {}\n"] {
            try folder.write(text.replacing(listed, with: none), to: path)
            let check = try await Belay.run("check", "--env", "here", in: folder)
            #expect(check.status == 0 && check.output.contains("RB1110"), "\(check.output)")
            let doctor = try await Belay.run(
                "doctor", "--env", "here", "--store", "journal.db", in: folder)
            #expect(doctor.output.contains("has no `targets`"), "\(doctor.output)")
            let answer = try await Belay.run(run, in: folder)
            #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
            let told = answer.output + answer.errors
            #expect(told.contains("is not listed under targets"), "\(told)")
            #expect(ServedFolder.lines(folder) == 0)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where name.hasPrefix("journal.db") {
                try FileManager.default.removeItem(at: folder.url(name))
            }
        }
        try folder.write(text, to: path)
        let check = try await Belay.run("check", "--env", "here", in: folder)
        #expect(!check.output.contains("RB1110"), "\(check.output)")
        let answer = try await Belay.run(run, in: folder)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(ServedFolder.lines(folder) == 1)
    }

    @Test func colourIsForTerminalsThatWantIt() async throws {
        let folder = try Folder()
        try folder.copy(Repository.fixtures.appending(path: "mistakes"), to: "runbooks")
        let escape = "\u{1B}["
        #expect(try await !Belay.run("check", in: folder).output.contains(escape))
        #expect(
            try await Belay.run("check", "--color", "always", in: folder).output.contains(escape))
        let terminal = ["-qec", "belay check", "/dev/null"]
        let coloured = try await Belay.execute(
            "/usr/bin/script", terminal, in: folder, variables: ["TERM": "xterm-256color"])
        #expect(coloured.output.contains(escape))
        let plain = try await Belay.execute(
            "/usr/bin/script", terminal, in: folder,
            variables: ["TERM": "xterm-256color", "NO_COLOR": "1"])
        #expect(plain.output.contains("error[RB1003]"))
        #expect(!plain.output.contains(escape))
    }
}
