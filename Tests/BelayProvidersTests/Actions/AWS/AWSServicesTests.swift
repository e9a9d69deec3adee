import BelayCompiler
import BelayEngine
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Operations of AWS services against moto's server: what they change stands there afterwards.
@Suite struct AWSServicesTests {
    private struct World {
        let peer: Peer
        let made: JSONValue
        var endpoint: String { "http://127.0.0.1:\(peer.port)" }

        /// One for the tests that change nothing.
        static let shared = Task { try await make() }

        static func make() async throws -> World {
            let peer = try await Peer.start("moto_server", ["-H", "127.0.0.1", "-p", "{port}"])
            let world = World(peer: peer, made: .null)
            return World(peer: peer, made: try await world.ask("setup"))
        }

        func ask(_ command: String, _ more: [String] = []) async throws -> JSONValue {
            try JSONParser.parse(
                try await Python.run("servers/moto_world.py", [command, endpoint] + more))
        }

        func variables(_ key: String = "test", _ secret: String = "test") -> [String: String] {
            [
                "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": endpoint,
            ]
        }
    }

    private static let definitions: [AWSDefinition] = [
        .autoscaling, .cloudwatch, .ec2, .ecs, .elasticache, .rds, .secretsManager, .sns, .ssm,
        .sts,
    ]

    private func perform(
        _ name: String, _ inputs: JSONObject, _ variables: [String: String],
        settings: JSONObject = [:]
    ) async throws -> ActionOutcome {
        let definition = try #require(
            Self.definitions.first { $0.contract.operations.contains { $0.action.name == name } })
        let operation = try #require(
            definition.contract.operations.first { $0.action.name == name })
        let action = AWSServiceAction(definition, tools: TestCall.tools(variables: variables))
        return await action.perform(
            TestCall.request(
                name, operation: operation.name, inputs: inputs, settings: settings,
                effect: operation.action.effect, recovery: operation.action.recovery,
                timeout: .seconds(60)))
    }

    @Test func effectsStandInTheServices() async throws {
        let world = try await World.make()
        let variables = world.variables()
        let service: JSONObject = ["target": "api", "cluster": "prod", "service": "api"]
        var count = service
        count["count"] = 10
        let topic = world.made["topic"] ?? .null
        let steps: [(String, JSONObject)] = [
            ("aws.ecs.restart", service), ("aws.ecs.scale", count),
            ("aws.rds.resize", ["target": "database", "instance": "db", "class": "db.r5.2xlarge"]),
            ("aws.rds.reboot", ["instance": "db"]),
            ("aws.ec2.reboot", ["instances": [world.made["host"] ?? .null]]),
            ("aws.autoscaling.bounds", ["resource": "service/prod/api", "min": 2, "max": 12]),
            (
                "aws.sns.publish",
                ["topic": topic, "subject": "Größe\nzwei", "message": "a & b = <c>"]
            ),
            ("aws.sns.publish", ["topic": topic]),
        ]
        for (name, inputs) in steps {
            #expect(try await perform(name, inputs, variables).shape == "ok", "\(name)")
        }
        let state = try await world.ask("state")
        #expect(state["desired"] == 10)
        #expect(state["class"] == "db.r5.2xlarge")
        #expect(state["bounds"] == [[2, 12]])
        let messages = try #require(state["messages"]?.arrayValue)
        #expect(messages.count == 2)
        let stated = messages.first { $0["Message"] == "a & b = <c>" }
        #expect(stated?["Subject"] == "Gr??e zwei")
        let standard = messages.first { $0["Message"] != "a & b = <c>" }
        #expect(standard?["Subject"] == "[CRITICAL] Incident inc-1 requires attention")
        #expect(standard?["Message"]?.stringValue?.contains("Title: Redis is full") == true)
        try await changesStayInThePinnedAccount(world)
    }

    private func changesStayInThePinnedAccount(_ world: World) async throws {
        let inputs: JSONObject = ["cluster": "prod", "service": "api", "count": 7]
        let wrong: JSONObject = ["account": "999999999999"]
        let refused = try await perform("aws.ecs.scale", inputs, world.variables(), settings: wrong)
        #expect(refused.shape == "failed(denied)")
        #expect(refused.text.contains("123456789012"))
        #expect(try await world.ask("state")["desired"] == 10)
        let right: JSONObject = ["account": "123456789012"]
        let allowed = try await perform("aws.ecs.scale", inputs, world.variables(), settings: right)
        #expect(allowed.shape == "ok")
        #expect(try await world.ask("state")["desired"] == 7)
    }

    @Test func figuresAndFactsAreRead() async throws {
        let world = try await World.shared.value
        let variables = world.variables()
        let load: JSONObject = [
            "namespace": "App", "metric": "Load", "dimensions": ["Host": "a & b"],
        ]
        let value = try await perform("aws.cloudwatch.metric", load, variables)
        #expect(value.output?["value"] == 97.25)
        var other = load
        other["dimensions"] = ["Host": "none"]
        #expect(
            try await perform("aws.cloudwatch.metric", other, variables).shape == "failed(no_data)*"
        )
        let service: JSONObject = ["cluster": "prod", "service": "api"]
        #expect(try await perform("aws.ecs.service", service, variables).output?["desired"] == 2)
        let database = try await perform("aws.rds.instance", ["instance": "db"], variables)
        #expect(database.output?["class"] == "db.r5.large")
        #expect(
            try await perform("aws.sts.identity", [:], variables).output?["account"]
                == "123456789012")
        #expect(
            try await perform("aws.ssm.parameter", ["name": "/prod/size"], variables).output?[
                "value"] == "5")
        let secret = try await perform(
            "aws.secretsmanager.describe", ["secret": "prod/redis"], variables)
        #expect(secret.output?["rotation"] == false)
    }

    @Test func failuresHaveTheirOutcome() async throws {
        let world = try await World.shared.value
        let variables = world.variables()
        let cases: [(String, JSONObject, String)] = [
            ("aws.ecs.restart", ["cluster": "prod", "service": "none"], "failed(not_found)"),
            ("aws.ecs.restart", ["cluster": "none", "service": "api"], "failed(not_found)"),
            ("aws.ecs.service", ["cluster": "prod", "service": "none"], "failed(not_found)"),
            (
                "aws.ecs.scale", ["cluster": "prod", "service": "api", "count": -1],
                "failed(invalid)"
            ),
            ("aws.rds.resize", ["instance": "none", "class": "db.r5.large"], "failed(not_found)"),
            ("aws.ec2.reboot", ["instances": []], "failed(invalid)"),
            ("aws.ec2.reboot", ["instances": ["i-0123456789abcdef0"]], "failed(not_found)"),
            ("aws.ssm.parameter", ["name": "/none"], "failed(not_found)"),
            (
                "aws.sns.publish", ["topic": "arn:aws:sns:eu-west-1:123456789012:none"],
                "failed(not_found)"
            ),
            ("aws.sns.publish", [:], "failed(invalid)"),
            ("aws.autoscaling.bounds", ["resource": "r", "min": 5, "max": 2], "failed(invalid)"),
        ]
        for (name, inputs, shape) in cases {
            let outcome = try await perform(name, inputs, variables)
            #expect(outcome.shape == shape, "\(name): \(outcome)")
        }
        var nobody = variables
        nobody["AWS_ENDPOINT_URL"] = "http://127.0.0.1:\(try Peer.freePort())"
        let gone = try await perform(
            "aws.ecs.restart", ["cluster": "prod", "service": "api"], nobody)
        #expect(gone.shape == "failed(unavailable)*")
    }

    /// The permissions of the contracts are enough, and without one its call is denied.
    @Test func permissionsAreWhatTheCallsNeed() async throws {
        let world = try await World.make()
        let topic = world.made["topic"] ?? .null
        let calls: [(String, JSONObject)] = [
            ("aws.ecs.restart", ["cluster": "prod", "service": "api"]),
            ("aws.rds.resize", ["instance": "db", "class": "db.r5.xlarge"]),
            ("aws.sns.publish", ["topic": topic]), ("aws.sts.identity", [:]),
            ("aws.ssm.parameter", ["name": "/prod/size"]),
        ]
        let permissions = calls.dropLast().flatMap { name, _ in
            Self.definitions.flatMap(\.contract.operations).first { $0.action.name == name }?
                .permissions ?? []
        }
        let user = try await world.ask("policy", permissions)
        let variables = world.variables(
            try #require(user["key"]?.stringValue), try #require(user["secret"]?.stringValue))
        for (name, inputs) in calls.dropLast() {
            let outcome = try await perform(name, inputs, variables)
            #expect(outcome.shape == "ok", "\(name): \(outcome)")
        }
        let denied = try await perform("aws.ssm.parameter", ["name": "/prod/size"], variables)
        #expect(denied.shape == "failed(denied)")
        let forged = world.variables(try #require(user["key"]?.stringValue), "wrong")
        #expect(try await perform("aws.ecs.restart", calls[0].1, forged).shape == "failed(denied)")
    }

    @Test func secretsComeFromTheServices() async throws {
        let world = try await World.shared.value
        let vault = await SecretSources(tools: TestCall.tools(variables: world.variables())).vault(
            for: [
                "REDIS": SecretReference(
                    origin: "aws.secretsmanager", name: "prod/redis", key: "password"),
                "TOKEN": SecretReference(origin: "aws.ssm", name: "/prod/token"),
                "NONE": SecretReference(origin: "aws.ssm", name: "/none"),
            ])
        #expect(try vault.open("REDIS") == "hush-hush-7")
        #expect(try vault.open("TOKEN") == "param-secret-8")
        #expect(throws: SecretError.self) { try vault.open("NONE") }
    }

    /// What moto does not have: the requests, against what the public API reference asks for.
    @Test func elastiCacheIsAskedByItsReference() async throws {
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let peer = try await Peer.start(
            "python3", [Fixtures.path("servers/keep.py"), "{port}", folder, "<R/>"])
        let variables = [
            "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_ELASTICACHE": "http://127.0.0.1:\(peer.port)",
        ]
        let cases: [(String, JSONObject, String)] = [
            (
                "aws.elasticache.reboot", ["cluster": "c", "nodes": ["0001", "0002"]],
                "Action=RebootCacheCluster&Version=2015-02-02&CacheClusterId=c"
                    + "&CacheNodeIdsToReboot.CacheNodeId.1=0001&CacheNodeIdsToReboot.CacheNodeId.2=0002"
            ),
            (
                "aws.elasticache.resize",
                ["cluster": "c", "node_type": "cache.r5.large", "count": 3],
                "Action=ModifyCacheCluster&Version=2015-02-02&CacheClusterId=c&CacheNodeType=cache.r5.large"
                    + "&NumCacheNodes=3&ApplyImmediately=true"
            ),
            (
                "aws.elasticache.resize_group", ["group": "g", "node_type": "cache.r5.large"],
                "Action=ModifyReplicationGroup&Version=2015-02-02&ReplicationGroupId=g"
                    + "&CacheNodeType=cache.r5.large&ApplyImmediately=true"
            ),
        ]
        for (number, item) in cases.enumerated() {
            #expect(try await perform(item.0, item.1, variables).shape == "ok", "\(item.0)")
            let file = URL(filePath: "\(folder)/\(number).json")
            let kept = try JSONParser.parse([UInt8](try Data(contentsOf: file)))
            #expect(kept["body"]?.stringValue == item.2)
        }
        let empty: JSONObject = ["cluster": "c", "nodes": []]
        #expect(
            try await perform("aws.elasticache.reboot", empty, variables).shape == "failed(invalid)"
        )
        #expect(
            try await perform("aws.elasticache.resize", ["cluster": "c"], variables).shape
                == "failed(invalid)")
    }
}
