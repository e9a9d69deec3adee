import Foundation
import Testing

/// `belay doctor`: what is in the way is named, each with its cure, and nothing is changed.
@Suite struct DoctorTests {
    /// Check, status, message and cure of each finding that is not `ok`.
    private func findings(
        _ environment: String, _ world: World, _ repository: Folder, _ changes: [String: String?]
    ) async throws -> (status: Int32, found: [[String: String]]) {
        var variables = world.variables
        for (name, value) in changes { variables[name] = value }
        let answer = try await Belay.run(
            ["doctor", "--repo", repository.path, "--env", environment, "--format", "json"],
            in: try Folder(), variables: variables)
        let value = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        let all = (value as? [String: Any])?["findings"] as? [[String: String]] ?? []
        #expect(!all.isEmpty, "\(answer.errors)")
        return (answer.status, all.filter { $0["status"] != "ok" })
    }

    @Test func eachObstacleIsNamedWithItsCure() async throws {
        let world = try await World.make()
        let repository = try World.repository()
        let cases: [([String: String?], String, String)] = [
            (["AWS_SECRET_ACCESS_KEY": "wrong"], "identity", "SignatureDoesNotMatch"),
            (
                ["AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": nil], "credentials",
                "no AWS credentials"
            ),
            (["REDIS_PORT": "1"], "reach", "redis: 127.0.0.1"),
            (["SNS_TOPIC_ARN": nil], "setting", "SNS_TOPIC_ARN is not set"),
            (["AWS_ENDPOINT_URL_RDS": "http://127.0.0.1:1"], "reach", "aws.rds: 127.0.0.1:1"),
        ]
        for (changes, check, message) in cases {
            let (status, found) = try await findings("aws", world, repository, changes)
            #expect(status == 1, "\(message)")
            let own = found.first { $0["message"]?.contains(message) == true }
            #expect(own?["check"] == check, "\(message): \(found)")
            #expect(own?["cure"]?.isEmpty == false, "\(message)")
        }
        #expect(try await world.redis.keys() == 50)
        #expect(try await world.state().redeployed.isEmpty)
    }

    @Test func theWrongAccountAndAMissingSecretAreProblems() async throws {
        let world = try await World.make()
        let repository = try World.repository()
        let path = "runbooks/environments/aws.yaml"
        let more = """
            account: "999999999999"
            secrets:
              TOKEN: {from: aws.ssm, name: /prod/none}
              FILE: {file: /nowhere/token}

            """
        try repository.write(
            try repository.text(path).replacing("mode: auto\n", with: "mode: auto\n\(more)"),
            to: path)
        let (status, found) = try await findings("aws", world, repository, [:])
        #expect(status == 1)
        let texts = found.compactMap { $0["message"] }
        #expect(texts.contains { $0.contains("the environment to 999999999999") }, "\(texts)")
        #expect(texts.contains { $0.contains("/nowhere/token") }, "\(texts)")
        #expect(texts.contains { $0.contains("TOKEN") }, "\(texts)")
    }

    @Test func aFunctionThatIsNotThereIsNeverTriggered() async throws {
        let world = try await World.make()
        let repository = try World.repository()
        let path = "runbooks/environments/lambda.yaml"
        try repository.write(
            try repository.text(path).replacing("incident-notify-human", with: "incident-notify"),
            to: path)
        let (status, found) = try await findings("lambda", world, repository, [:])
        #expect(status == 1)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?["message"]?.contains("there is no function incident-notify") == true)
        #expect(found.first?["cure"]?.contains("triggered") == true)
        #expect(try await world.invocations().isEmpty)
    }
}
