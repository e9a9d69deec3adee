import Foundation
import Testing

/// The policy that `belay iam` prints is enough and not too much, and `doctor` says what is missing.
@Suite struct PermissionTests {
    private static var ask: [String: Any] {
        [
            "Sid": "Ask", "Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy"],
            "Resource": ["arn:aws:iam::123456789012:user/operator"],
        ]
    }

    private func command(
        _ words: [String], _ environment: String, _ world: World, _ repository: Folder
    ) async throws -> (answer: Belay.Answer, folder: Folder) {
        let folder = try Folder()
        let answer = try await Belay.run(
            words + ["--repo", repository.path, "--env", environment], in: folder,
            variables: world.variables)
        return (answer, folder)
    }

    private func policy(
        _ environment: String, _ world: World, _ repository: Folder
    ) async throws -> [[String: Any]] {
        let printed = try await command(["iam"], environment, world, repository).answer
        #expect(printed.status == 0, "\(printed.errors)")
        let value = try JSONSerialization.jsonObject(with: Data(printed.output.utf8))
        let policy = try #require(value as? [String: Any])
        #expect(policy["Version"] as? String == "2012-10-17")
        return try #require(policy["Statement"] as? [[String: Any]])
    }

    private static func document(_ statements: [[String: Any]]) -> [String: Any] {
        ["Version": "2012-10-17", "Statement": statements + [ask]]
    }

    /// The chain with the whole policy, then without each of its statements in turn.
    private func expectLeast(_ environment: String, _ steps: [String: String]) async throws {
        let world = try await World.make()
        let repository = try World.repository()
        let statements = try await policy(environment, world, repository)
        #expect(Set(statements.compactMap { $0["Sid"] as? String }) == Set(steps.keys))
        let run = ["run", "-i", World.incident]

        try await world.attach(Self.document(statements))
        let whole = try await command(run, environment, world, repository).answer
        #expect(whole.status == 0, "\(whole.output)\(whole.errors)")
        let well = try await command(["doctor"], environment, world, repository).answer
        #expect(well.status == 0, "\(well.output)\(well.errors)")
        #expect(well.output.contains("arn:aws:iam::123456789012:user/operator"))

        for (number, statement) in statements.enumerated() {
            let sid = try #require(statement["Sid"] as? String)
            let step = try #require(steps[sid])
            let permission = try #require((statement["Action"] as? [String])?.first)
            var less = statements
            less.remove(at: number)
            try await world.attach(Self.document(less))

            let (denied, folder) = try await command(run, environment, world, repository)
            #expect(denied.status == 1, "\(sid): \(denied.output)")
            let trail = try await Belay.run("audit", "show", "--format", "json", in: folder)
            let failed = try Printed.records(trail.output).filter {
                $0["kind"] as? String == "step.result" && $0["outcome"] as? String == "failed"
            }
            #expect(failed.first?["step"] as? String == step, "\(sid)")
            let error = failed.first?["error"] as? [String: Any]
            #expect(error?["class"] as? String == "denied", "\(sid): \(trail.output)")

            let ill = try await command(["doctor"], environment, world, repository).answer
            #expect(ill.status == 1, "\(sid): \(ill.output)")
            let problems = ill.output.split(separator: "\n").filter { $0.hasPrefix("problem") }
            #expect(problems.count == 1, "\(sid): \(ill.output)")
            #expect(problems.first?.contains(permission) == true, "\(sid): \(ill.output)")
            #expect(ill.output.contains("cure: add the statement that `belay iam"))
        }
    }

    @Test func theChainOfAWSNeedsEachOfItsActions() async throws {
        try await expectLeast(
            "aws",
            [
                "MetricsQuery": "look", "RestartService": "restart", "ScaleUp": "grow",
                "NotifyHuman": "human",
            ])
    }

    @Test func theChainOfTheFunctionsNeedsEachOfThem() async throws {
        try await expectLeast(
            "lambda",
            [
                "ClearCache": "clear", "RestartService": "restart", "ScaleUp": "grow",
                "NotifyHuman": "human",
            ])
    }

    @Test func withoutTheRightToAskDoctorSaysSo() async throws {
        let world = try await World.make()
        let repository = try World.repository()
        let other: [String: Any] = [
            "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["*"],
        ]
        try await world.attach(["Version": "2012-10-17", "Statement": [other]])
        let answer = try await command(
            ["doctor", "--format", "json"], "aws", world, repository
        ).answer
        let value = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        let findings = try #require((value as? [String: Any])?["findings"] as? [[String: Any]])
        let warnings = findings.filter { $0["status"] as? String == "warning" }
        #expect(warnings.count == 1)
        #expect(
            (warnings.first?["cure"] as? String)?.contains("iam:SimulatePrincipalPolicy") == true)
        #expect(answer.status == 0)
    }
}
