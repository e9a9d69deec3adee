import BelayCompiler
import BelayEngine
import JSON

@testable import BelayProviders

/// What every provider is put through.
enum Trial: String, CaseIterable {
    case success
    /// Refused or not reached: the same may be tried again.
    case retryable
    /// Final: trying again is no use.
    case final
    /// The other side never answers.
    case silence
    /// More is answered than is kept.
    case oversized
    /// The other side answers with all that it was sent, secrets included.
    case reflection
}

/// How a provider is brought into each trial; a trial that it cannot meet is left out.
struct ConformanceCase: Sendable {
    var provider: String
    var operation: String
    var inputs: JSONObject = [:]
    /// The settings of a trial, nil where there is no such trial.
    var settings: @Sendable (Trial, Places) -> JSONObject?
    /// Settings that are sealed, for the trial of reflection.
    var sealed: [String] = []

    /// Where the stand-ins listen.
    struct Places: Sendable {
        let weather: Int
        let mute: Int
        let redis: Int
        let mail: Int
        let nobody: Int
    }
}

extension Trial {
    /// The path of the weather server that plays this trial.
    func address(_ places: ConformanceCase.Places, answer: String) -> JSONValue {
        let root = "http://127.0.0.1:\(places.weather)/as/"
        return switch self {
        case .success: .string(root + "answer/" + PercentEncoding.encode(answer))
        case .retryable: .string(root + "throttle")
        case .final: .string(root + "deny")
        case .silence: .string(root + "silent")
        case .oversized: .string(root + "big")
        case .reflection: .string(root + "reflect")
        }
    }

    /// A program that plays this trial.
    func program(answer: String) -> JSONValue {
        let script =
            switch self {
            case .success: "echo '\(answer)'"
            case .retryable: "exit 75"
            case .final: "echo no >&2; exit 1"
            case .silence: "sleep 60"
            case .oversized: "head -c 3000000 /dev/zero"
            case .reflection: "env >&2; cat >&2; exit 1"
            }
        return ["/bin/sh", "-c", .string(script)]
    }
}

extension ConformanceCase {
    /// A case of a provider that speaks HTTP to an address in the setting `name`.
    static func http(
        _ provider: String, _ operation: String, _ name: String, answer: String = "{}",
        inputs: JSONObject = [:],
        sealed: [String], _ more: JSONObject = [:]
    ) -> ConformanceCase {
        ConformanceCase(
            provider: provider, operation: operation, inputs: inputs,
            settings: { trial, places in
                var settings = more
                settings[name] = trial.address(places, answer: answer)
                return settings
            },
            sealed: sealed)
    }

    /// A case of an AWS provider; the service's own word for too many calls comes with its status.
    static func aws(
        _ provider: String, _ operation: String, answer: String, inputs: JSONObject
    ) -> ConformanceCase {
        http(
            "aws.\(provider)", operation, "endpoint", answer: answer, inputs: inputs, sealed: [],
            [
                "region": "eu-west-1"
            ])
    }

    static let all: [ConformanceCase] = [
        aws("autoscaling", "bounds", answer: "{}", inputs: ["resource": "r", "min": 1, "max": 2]),
        aws(
            "cloudwatch", "metric",
            answer:
                "<R><Datapoints><member><Timestamp>t</Timestamp><Average>1</Average></member></Datapoints></R>",
            inputs: ["namespace": "n", "metric": "m"]),
        aws("ec2", "reboot", answer: "<R/>", inputs: ["instances": ["i-1"]]),
        aws("ecs", "restart", answer: "{}", inputs: ["cluster": "c", "service": "s"]),
        aws("elasticache", "reboot", answer: "<R/>", inputs: ["cluster": "c"]),
        aws(
            "lambda", "invoke", answer: "{\"statusCode\": 200, \"body\": \"{}\"}",
            inputs: ["function": "f"]),
        aws("rds", "resize", answer: "<R/>", inputs: ["instance": "i", "class": "c"]),
        aws("secretsmanager", "rotate", answer: "{}", inputs: ["secret": "s"]),
        aws("sns", "publish", answer: "<R><MessageId>1</MessageId></R>", inputs: ["topic": "t"]),
        aws("ssm", "automation", answer: "{}", inputs: ["document": "d"]),
        aws("sts", "identity", answer: "<R><Account>1</Account></R>", inputs: [:]),
        ConformanceCase(
            provider: "email", operation: "send", inputs: [:],
            settings: { trial, places in
                let port =
                    trial == .silence
                    ? places.mute : trial == .retryable ? places.nobody : places.mail
                if trial == .oversized { return nil }
                return [
                    "server": .string("smtp://127.0.0.1:\(port)"), "from": "belay@a.example",
                    "starttls": false,
                    "to": trial == .final || trial == .reflection
                        ? "nobody@a.example" : "ann@a.example",
                ]
            }),
        ConformanceCase(
            provider: "exec", operation: "run",
            settings: { trial, _ in ["command": trial.program(answer: "done"), "env": ["A": "b"]] },
            sealed: ["stdin"]),
        http("http", "request", "url", sealed: ["body"]),
        http("kubernetes", "restart", "server", inputs: ["name": "api"], sealed: ["token"]),
        ConformanceCase(
            provider: "log", operation: "write",
            settings: { trial, _ in trial == .success ? [:] : nil }),
        http("pagerduty", "trigger", "url", sealed: ["routing_key"], ["routing_key": "k"]),
        ConformanceCase(
            provider: "plugin", operation: "perform",
            settings: { trial, _ in
                // A plugin says that another try may succeed by its outcome, not by its exit code.
                let word =
                    "{\"outcome\": \"failed\", \"class\": \"throttled\", \"retryable\": true}"
                let no = "{\"outcome\": \"failed\", \"class\": \"denied\"}"
                return switch trial {
                case .retryable: ["command": ["/bin/echo", .string(word)]]
                case .final: ["command": ["/bin/echo", .string(no)]]
                default: ["command": trial.program(answer: "{\"outcome\": \"succeeded\"}")]
                }
            },
            sealed: ["config"]),
        http(
            "prometheus", "query", "url",
            answer:
                "{\"status\": \"success\", \"data\": {\"resultType\": \"scalar\", \"result\": [1, \"2\"]}}",
            inputs: ["query": "up"], sealed: ["token"]),
        ConformanceCase(
            provider: "redis", operation: "flush", inputs: ["scope": "all"],
            settings: { trial, places in
                let port =
                    trial == .silence
                    ? places.mute : trial == .retryable ? places.nobody : places.redis
                if trial == .oversized { return nil }
                var settings: JSONObject = ["host": "127.0.0.1", "port": .integer(Int64(port))]
                if trial == .final { settings["password"] = "wrong" }
                return settings
            },
            sealed: ["password"]),
        ConformanceCase(
            provider: "simulated", operation: "perform",
            settings: { trial, _ in
                switch trial {
                case .success: [:]
                case .retryable: ["outcome": "failed", "error": "throttled", "retryable": true]
                case .final: ["outcome": "failed", "error": "invalid"]
                case .silence: ["delay": "60s"]
                case .oversized, .reflection: nil
                }
            }),
        http("slack", "post", "url", answer: "ok", sealed: ["client_key"]),
        http(
            "webhook", "deliver", "url", sealed: ["secret"],
            ["secret": "whsec_c2VjcmV0LXNlY3JldA=="]),
    ]
}
