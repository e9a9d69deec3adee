import BelayEngine
import JSON
import Testing

@testable import BelayProviders

/// Programs get arguments, not command lines, and their ends become outcomes.
@Suite struct ExecActionTests {
    private let action = ExecAction(tools: TestCall.tools())

    private func run(
        _ command: [String], _ more: JSONObject = [:], timeout: Duration = .seconds(15)
    ) async -> ActionOutcome {
        var settings: JSONObject = ["command": .array(command.map(JSONValue.string))]
        for member in more { settings[member.name] = member.value }
        return await action.perform(
            TestCall.request(
                "exec.run", operation: "run", inputs: ["target": "cache; id"], settings: settings,
                timeout: timeout))
    }

    @Test func outputAndCallReachTheProgramAndBack() async throws {
        let script = "read line; echo \"$BELAY_TARGET|$BELAY_STEP|$X|$line\"; echo oops >&2"
        let output = await run(["/bin/sh", "-c", script], ["env": ["X": 1], "stdin": "in\n"]).output
        #expect(output?["stdout"] == "cache; id|step-1|1|in\n")
        #expect(output?["stderr"] == "oops\n")
        #expect(output?["exit_code"] == 0)
    }

    @Test(arguments: [
        (["/bin/sh", "-c", "echo broken >&2; exit 3"], "failed(remote)", "exit code 3: broken"),
        (["/bin/sh", "-c", "exit 75"], "failed(unavailable)*", "75"),
        (["/bin/sh", "-c", "kill -9 $$"], "failed(remote)", "signal 9"),
        (["/nonexistent"], "failed(not_found)", "No such file"),
        (["/etc/passwd"], "failed(denied)", "Permission denied"),
        (["relative"], "failed(invalid)", "absolute"),
        ([], "failed(invalid)", "'command'"),
        (
            ["/usr/bin/head", "-c", "3000000", "/dev/zero"], "failed(output_too_large)",
            "3000000 bytes"
        ),
    ])
    func eachEndHasItsOutcome(_ command: [String], _ shape: String, _ words: String) async {
        let outcome = await run(command)
        #expect(outcome.shape == shape)
        #expect(outcome.text.contains(words))
    }

    @Test func theDeadlineIsKeptAndTheAnswerLost() async {
        let outcome = await run(["/bin/sleep", "60"], timeout: .milliseconds(500))
        #expect(outcome.shape == "lost(timeout)")
    }

    @Test func jsonOutputIsTheStepsOutput() async {
        let output = await run(["/bin/echo", "{\"freed\": 12}"], ["output": "json"]).output
        #expect(output == ["freed": 12])
        let wrong = await run(["/bin/echo", "[1]"], ["output": "json"])
        #expect(wrong.shape == "failed(bad_output)")
    }

    @Test func otherCodesMayBeASuccess() async {
        #expect(await run(["/bin/sh", "-c", "exit 4"], ["ok": [0, 4]]).output?["exit_code"] == 4)
        let command = ["/usr/bin/head", "-c", "3000000", "/dev/zero"]
        #expect(await run(command, ["output": "none"]).output?["stdout_bytes"] == 3_000_000)
    }
}
