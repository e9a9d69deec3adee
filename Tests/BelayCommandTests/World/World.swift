import Foundation

/// AWS with its permissions, the four functions, a Prometheus and a Redis, for one test; gone with it.
final class World: Sendable {
    let redis: Redis
    private let folder: Folder
    private let life: Pipe
    private let program: RunningProgram
    private let ports: Ports

    /// What the world tells of itself when it is ready.
    private struct Ports: Decodable {
        let aws: Int
        let functions: Int
        let topic: String
        let key: String
        let secret: String
    }

    /// What the actions have done.
    struct State: Decodable, Equatable {
        struct Message: Decodable, Equatable {
            let subject: String?
            let message: String
        }

        let redeployed: [String]
        let counts: [String: Int]
        let `class`: String
        let messages: [Message]
    }

    static func make(_ secrets: [String: String] = [:]) async throws -> World {
        let redis = try await Redis.start()
        for number in 1...50 { _ = try await redis.ask("SET", "session:\(number)", "x") }
        return try await Task.detached { try World(redis, secrets) }.value
    }

    private init(_ redis: Redis, _ secrets: [String: String]) throws {
        self.redis = redis
        folder = try Folder()
        let (life, output) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Repository.fixtures.appending(path: "servers/world.py").path,
            "\(redis.port)",
        ]
        let tools = Repository.root.appending(path: ".venv/bin").path
        let inherited = ProcessInfo.processInfo.environment
        process.environment = inherited.merging(secrets) { _, new in new }.merging([
            "PATH": "\(tools):\(inherited["PATH"] ?? "/usr/bin:/bin")"
        ]) { _, new in new }
        process.standardInput = life
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        program = try RunningProgram(process)
        self.life = life
        ports = try JSONDecoder().decode(
            Ports.self, from: output.fileHandleForReading.availableData)
    }

    deinit { try? life.fileHandleForWriting.close() }

    /// What both environments read, and how AWS is reached and signed for.
    var variables: [String: String] {
        let functions = "http://127.0.0.1:\(ports.functions)"
        return [
            "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:\(ports.aws)",
            "AWS_ENDPOINT_URL_LAMBDA": functions, "AWS_ENDPOINT_URL_IAM": functions,
            "AWS_ACCESS_KEY_ID": ports.key, "AWS_SECRET_ACCESS_KEY": ports.secret,
            "AWS_EC2_METADATA_DISABLED": "true", "METRICS_URL": functions,
            "METRICS_NAMESPACE": "Incidents", "ECS_CLUSTER_NAME": "production",
            "DB_INSTANCE_ID": "production-db", "CACHE_CLUSTER_ID": "production-cache",
            "REDIS_HOST": "127.0.0.1", "REDIS_PORT": "\(redis.port)",
            "SNS_TOPIC_ARN": ports.topic,
        ]
    }

    /// A repository with the runbook of one incident and the environments that are shipped.
    static func repository() throws -> Folder {
        let folder = try Folder()
        let environments = Repository.root.appending(path: "runbooks/environments")
        try folder.write(
            String(
                contentsOf: Repository.fixtures.appending(path: "world/outage.yaml"),
                encoding: .utf8),
            to: "runbooks/outage.yaml")
        try FileManager.default.copyItem(at: environments, to: folder.url("runbooks/environments"))
        return folder
    }

    static let incident = Repository.fixtures.appending(path: "world/incident.json").path

    func state() async throws -> State {
        try JSONDecoder().decode(State.self, from: Data(try await ask("state").utf8))
    }

    /// The functions that were invoked, in order, and what each was given.
    func invocations() async throws -> [(function: String, payload: [String: Any])] {
        let value = try JSONSerialization.jsonObject(with: Data(try await ask("invocations").utf8))
        return (value as? [[String: Any]] ?? []).map {
            ($0["function"] as? String ?? "", $0["payload"] as? [String: Any] ?? [:])
        }
    }

    /// From now on this is all that the caller may do.
    func attach(_ policy: [String: Any]) async throws {
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: policy), as: UTF8.self)
        _ = try await ask("policy", text)
    }

    private func ask(_ what: String, _ body: String = "") async throws -> String {
        let url = "http://127.0.0.1:\(ports.functions)/-/\(what)"
        let answer = try await Belay.execute(
            "/usr/bin/env", ["curl", "-sS", "--fail", "-d", body, url], in: folder)
        guard answer.status == 0 else { throw Silent(description: answer.errors) }
        return answer.output
    }

    /// The world did not answer.
    struct Silent: Error, CustomStringConvertible {
        let description: String
    }
}
