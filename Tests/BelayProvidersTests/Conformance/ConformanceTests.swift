import BelayCompiler
import BelayEngine
import Cryptography
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// The one suite that every provider passes.
@Suite struct ConformanceTests {
    /// A text that stands in no other place; of a form that each kind of secret may have.
    private static let secret =
        "whsec_" + Base64.encode(Array("marked-secret-value-0123456789".utf8))

    private static let places = Task {
        let mute = try await Peer.start("python3", [Fixtures.path("servers/mute.py"), "{port}"])
        let folder = try Fixtures.temporaryFolder().path(percentEncoded: false)
        let mail = try await Peer.start(
            "python3", [Fixtures.path("servers/mail.py"), "{port}", folder])
        let redis = try await Peer.redis()
        let weather = try await Peer.weather()
        let places = ConformanceCase.Places(
            weather: weather.port, mute: mute.port, redis: redis.port, mail: mail.port,
            nobody: try Peer.freePort())
        return (places, [mute, mail, redis, weather])
    }

    private static let variables = [
        "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "not-shown-anywhere",
        "AWS_SESSION_TOKEN": "token-not-shown",
    ]

    private func action(_ name: String) throws -> any ActionProvider {
        let tools = TestCall.tools(variables: Self.variables)
        return try #require(BuiltinActions.all(tools).first { $0.contract.name == name })
    }

    private func request(
        _ item: ConformanceCase, _ trial: Trial, timeout: Duration
    ) async throws -> ActionRequest? {
        let places = try await Self.places.value.0
        guard let settings = item.settings(trial, places) else { return nil }
        let contract = try action(item.provider).contract
        let operation = try #require(contract.operation(item.operation))
        let sealed = trial == .reflection ? item.sealed : []
        return TestCall.request(
            operation.action.name, operation: item.operation, inputs: item.inputs,
            settings: settings,
            effect: operation.action.effect, recovery: operation.action.recovery, timeout: timeout,
            sealed: Dictionary(uniqueKeysWithValues: sealed.map { ($0, "MARKED") }),
            secrets: SecretVault(values: ["MARKED": Self.secret]))
    }

    private func outcome(_ item: ConformanceCase, _ trial: Trial) async throws -> ActionOutcome? {
        let timeout: Duration = trial == .silence ? .milliseconds(700) : .seconds(30)
        guard let request = try await request(item, trial, timeout: timeout) else { return nil }
        return await (try action(item.provider)).perform(request)
    }

    @Test func everyProviderIsHere() {
        // `aws.resource` hands each call on to the provider of the target's service.
        let own = BuiltinActions.contracts.map(\.name).filter { $0 != "aws.resource" }
        #expect(ConformanceCase.all.map(\.provider) == own)
        #expect(
            BuiltinActions.contracts.map(\.name) == BuiltinActions.contracts.map(\.name).sorted())
    }

    @Test(arguments: ConformanceCase.all) func success(_ item: ConformanceCase) async throws {
        let outcome = try await outcome(item, .success)
        #expect(outcome?.shape == "ok", "\(item.provider): \(String(describing: outcome))")
    }

    @Test(arguments: ConformanceCase.all) func retryableFailure(_ item: ConformanceCase)
        async throws
    {
        guard let outcome = try await outcome(item, .retryable) else { return }
        #expect(
            ["failed(throttled)*", "failed(unavailable)*"].contains(outcome.shape),
            "\(item.provider): \(outcome)")
    }

    @Test(arguments: ConformanceCase.all) func finalFailure(_ item: ConformanceCase) async throws {
        guard let outcome = try await outcome(item, .final) else { return }
        #expect(outcome.shape.hasPrefix("failed("), "\(item.provider): \(outcome)")
        #expect(!outcome.shape.hasSuffix("*"))
    }

    /// Within its time, and never as a success: lost if something may have happened, else failed.
    @Test(arguments: ConformanceCase.all) func silence(_ item: ConformanceCase) async throws {
        guard let outcome = try await outcome(item, .silence) else { return }
        let isBeforeChange = ["redis", "email"].contains(item.provider)
        #expect(
            outcome.shape == (isBeforeChange ? "failed(unavailable)*" : "lost(timeout)"),
            "\(item.provider)")
    }

    @Test(arguments: ConformanceCase.all) func cancellation(_ item: ConformanceCase) async throws {
        guard let request = try await request(item, .silence, timeout: .seconds(40)) else { return }
        let action = try action(item.provider)
        let task = Task { await action.perform(request) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        let outcome = await task.value
        #expect(
            ["lost(cancelled)", "failed(cancelled)"].contains(outcome.shape),
            "\(item.provider): \(outcome)")
    }

    /// Never half an answer as if it were whole.
    @Test(arguments: ConformanceCase.all) func oversizedOutput(_ item: ConformanceCase) async throws
    {
        guard let outcome = try await outcome(item, .oversized) else { return }
        if case .succeeded(let output) = outcome {
            #expect(output.text().utf8.count < 1_000, "\(item.provider)")
        } else {
            let kinds = ["failed(output_too_large)", "failed(bad_output)", "lost(bad_output)"]
            #expect(kinds.contains(outcome.shape), "\(item.provider): \(outcome)")
        }
    }

    @Test(arguments: ConformanceCase.all) func secretsAreTakenOut(_ item: ConformanceCase)
        async throws
    {
        guard let outcome = try await outcome(item, .reflection) else { return }
        let text = "\(outcome)"
        for form in SecretForms.all(of: Self.secret) {
            #expect(!text.contains(String(decoding: form, as: UTF8.self)), "\(item.provider)")
        }
        for value in Self.variables.values where value != "AK" {
            #expect(!text.contains(value), "\(item.provider)")
        }
    }

    /// A plan reads contracts alone: no variable, no line, no call.
    @Test func aPlanHasNoEffect() throws {
        let asked = Locked(0)
        let tools = ProviderTools(
            resolver: .table { _ in
                asked.withLock { $0 += 1 }
                return []
            },
            variable: { _ in
                asked.withLock { $0 += 1 }
                return nil
            },
            now: { Timestamp(microseconds: 0) }, writeLine: { _ in asked.withLock { $0 += 1 } })
        #expect(BuiltinActions.all(tools).map(\.contract) == BuiltinActions.contracts)
        #expect(asked.withLock { $0 } == 0)
    }
}
