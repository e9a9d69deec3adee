import BelayCompiler
import BelayEngine
import Foundation
import JSON

@testable import BelayProviders

/// Requests as the engine would make them.
enum TestCall {
    static let key = String(repeating: "ab", count: 32)

    static var incident: Incident {
        var incident = Incident(
            id: "inc-1", fingerprint: "f1", priority: .critical, type: "RedisMemoryHigh",
            source: "test",
            title: "Redis is full", description: "97 % used", target: "cache",
            startedAt: Timestamp(microseconds: 1_700_000_000_000_000),
            receivedAt: Timestamp(microseconds: 1_700_000_001_000_000))
        incident.labels = ["env": "prod"]
        return incident
    }

    static func request(
        _ action: String, operation: String, inputs: JSONObject = [:], settings: JSONObject = [:],
        effect: Effect = .change, recovery: RecoveryClass = .once, timeout: Duration = .seconds(15),
        sealed: [String: String] = [:], secrets: any SecretOpener = SecretVault(values: [:])
    ) -> ActionRequest {
        var sealedSettings = SealedObject(plain: settings)
        for (setting, name) in sealed { sealedSettings[setting] = .secret(name) }
        return ActionRequest(
            action: action, operation: operation, effect: effect, recovery: recovery,
            inputs: SealedObject(plain: inputs), settings: sealedSettings, incident: incident,
            run: "run-1",
            step: "step-1", attempt: 1, idempotencyKey: key, timeout: timeout, secrets: secrets)
    }

    static func tools(
        variables: [String: String] = [:], lines: Locked<[String]> = Locked([]),
        resolver: Resolver = .system()
    ) -> ProviderTools {
        ProviderTools(
            resolver: resolver, variable: { variables[$0] },
            now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
            writeLine: { line in lines.withLock { $0.append(line) } })
    }
}

extension ActionOutcome {
    var output: JSONObject? {
        if case .succeeded(.object(let output)) = self { output } else { nil }
    }

    /// `ok`, `failed(class)`, `failed(class)*` where it may be tried again, `lost(class)`.
    var shape: String {
        switch self {
        case .succeeded: "ok"
        case .failed(let kind, let retryable, _):
            "failed(\(kind.rawValue))" + (retryable ? "*" : "")
        case .lost(let kind, _): "lost(\(kind.rawValue))"
        }
    }

    /// The message of a failure.
    var text: String {
        switch self {
        case .succeeded(let output): output.text()
        case .failed(_, _, let message), .lost(_, let message): message
        }
    }
}
