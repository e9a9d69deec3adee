import Foundation
import Testing

/// `oncall/NAME` is told as the environment says, and everybody else as the binding says.
@Suite struct OncallTests {
    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: tell, owner: test}
        params: {whom: {type: string, default: oncall/later}}
        rules:
          - id: tell
            catch_all: true
            steps:
              - {id: dba, uses: notify_human, with: {to: oncall/dba}}
              - {id: platform, uses: notify_human, with: {to: oncall/platform}}
              - {id: later, uses: notify_human, with: {to: "${{ params.whom }}"}}
              - {id: nobody, uses: notify_human}
        """

    /// - Parameter binding: of `notify_human`.
    private func folder(_ binding: String, _ oncall: String) throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.runbook, to: "runbooks/tell.yaml")
        try folder.write(
            """
            apiVersion: belay/v1
            kind: Environment
            metadata: {name: here}
            mode: auto
            env: [DBA]
            bind:
              notify_human: \(binding)
            people:
              oncall: \(oncall)
            """, to: "runbooks/environments/here.yaml")
        try folder.write(
            #"{"id": "1", "type": "X", "priority": "high", "started_at": "2026-03-01T02:00:00Z"}"#,
            to: "incident.json")
        return folder
    }

    @Test func eachIsToldAsTheEnvironmentSays() async throws {
        let folder = try folder(
            #"{provider: exec, command: [/bin/sh, -c, 'echo "$WHO" >>"$FILE"'], env: {WHO: all, FILE: ./told}, directory: /tmp}"#,
            #"{dba: {env: {WHO: "${{ env.DBA }}", FILE: ./told}}, platform: {}, later: {env: {WHO: later, FILE: ./told}}}"#
        )
        let path = "runbooks/environments/here.yaml"
        try folder.write(
            try folder.text(path).replacing("./told", with: folder.path("told")), to: path)
        let run = try await Belay.run(
            "run", "-i", "incident.json", "--env", "here", in: folder,
            variables: ["DBA": "database people"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(
            try folder.text("told").split(separator: "\n") == [
                "database people", "all", "later", "all",
            ])
        let unset = try await Belay.run(
            "run", "-i", "incident.json", "--env", "here", in: folder)
        #expect(unset.status != 0)
        #expect((unset.output + unset.errors).contains("DBA"))
    }

    @Test func topicsOfNamesAreInThePolicy() async throws {
        let topic = "arn:aws:sns:eu-west-1:123456789012:"
        let folder = try folder(
            "{provider: aws.sns, region: eu-west-1, topic: \"\(topic)all\"}",
            "{dba: {topic: \"\(topic)dba\"}, platform: {}, later: {topic: \"\(topic)later\"}}")
        let iam = try await Belay.run("iam", "--env", "here", in: folder, variables: ["DBA": "x"])
        #expect(iam.status == 0, "\(iam.errors)")
        for name in ["all", "dba", "later"] {
            #expect(iam.output.contains("\"\(topic)\(name)\""), "\(iam.output)")
        }
    }

    @Test func unknownNamesAndSettingsAreErrors() async throws {
        let folder = try folder(
            "{provider: aws.sns, region: eu-west-1, topic: t}",
            "{platfrom: {}, dba: {topick: x}}")
        let check = try await Belay.run("check", in: folder)
        #expect(check.status != 0)
        #expect(check.output.contains("no environment knows `oncall/platform`"), "\(check.output)")
        #expect(check.output.contains("did you mean `oncall/platfrom`?"))
        #expect(check.output.contains("no binding that tells people has the setting `topick`"))
        #expect(check.output.contains("did you mean `topic`?"))
    }

    /// The example of the page is an environment that works.
    @Test func theExampleOfThePageTellsByItsTopics() async throws {
        let page = try Repository.text("docs/actions/notify_human.md")
        let parts = page.components(separatedBy: "```yaml\n")
        #expect(parts.count == 2)
        let example = try #require(parts.last?.components(separatedBy: "```").first)
        let folder = try folder("{provider: log}", "{dba: {}, platform: {}, later: {}}")
        try folder.write(example, to: "runbooks/environments/production.yaml")
        let check = try await Belay.run("check", in: folder)
        #expect(check.status == 0, "\(check.output)")
        let plan = try await Belay.run(
            "plan", "-i", "incident.json", "--env", "production", "--format", "json", in: folder,
            variables: ["SNS_TOPIC_ARN": "topic-of-all", "DBA_TOPIC_ARN": "topic-of-dba"])
        for word in ["topic-of-all", "topic-of-dba", "+491234"] {
            #expect(plan.output.contains(word), "\(plan.output)\(plan.errors)")
        }
    }
}
