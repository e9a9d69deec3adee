package import BelayCompiler
import Cryptography
import JSON

/// Resolves the secrets that an environment declares: from variables, files, Secrets Manager and the Systems
/// Manager's parameter store.
package struct SecretSources: Sendable {
    private let tools: ProviderTools
    private let place: AWSClient.Place
    private static let timeout: Duration = .seconds(10)

    package init(tools: ProviderTools, place: AWSClient.Place = AWSClient.Place()) {
        self.tools = tools
        self.place = place
    }

    /// Asks for all of them at once; one that cannot be had says why when it is opened.
    package func vault(for references: [String: SecretReference]) async -> SecretVault {
        let found = await withTaskGroup(of: (String, Result<String, SecretProblem>).self) { group in
            for (name, reference) in references {
                group.addTask { (name, await resolve(reference)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var values: [String: String] = [:]
        var problems: [String: String] = [:]
        for (name, result) in found {
            switch result {
            case .success(let value): values[name] = value
            case .failure(let problem): problems[name] = problem.message
            }
        }
        return SecretVault(values: values, problems: problems)
    }

    private func resolve(_ reference: SecretReference) async -> Result<String, SecretProblem> {
        do throws(SecretProblem) {
            let text = try await text(reference)
            guard let key = reference.key else { return .success(text) }
            guard let object = (try? JSONParser.parse(Array(text.utf8)))?.objectValue else {
                throw SecretProblem(
                    "'\(reference.name)' is not a JSON object, so it has no '\(key)'")
            }
            guard let value = object[key]?.scalarText else {
                throw SecretProblem("'\(reference.name)' has no text under '\(key)'")
            }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private func text(_ reference: SecretReference) async throws(SecretProblem) -> String {
        switch reference.origin {
        case "env":
            guard let value = tools.variable(reference.name), !value.isEmpty else {
                throw SecretProblem("the variable \(reference.name) is not set")
            }
            return value
        case "file":
            guard let text = SmallFile.text(reference.name) else {
                throw SecretProblem("the file '\(reference.name)' cannot be read")
            }
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        case "aws.secretsmanager": return try await fromSecretsManager(reference.name)
        case "aws.ssm": return try await fromParameterStore(reference.name)
        case let other: throw SecretProblem("there is no source of secrets called '\(other)'")
        }
    }

    private func fromSecretsManager(_ name: String) async throws(SecretProblem) -> String {
        let answer = try await ask(.secretsManager, "GetSecretValue", ["SecretId": .string(name)])
        if let text = answer["SecretString"]?.stringValue { return text }
        let bytes = answer["SecretBinary"]?.stringValue.flatMap { Base64.decode($0) }
        guard let bytes else { throw SecretProblem("'\(name)' has no value") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func fromParameterStore(_ name: String) async throws(SecretProblem) -> String {
        let answer = try await ask(
            .ssm, "GetParameter", ["Name": .string(name), "WithDecryption": true])
        guard let value = answer["Parameter"]?["Value"]?.stringValue else {
            throw SecretProblem("'\(name)' has no value")
        }
        return value
    }

    private func ask(
        _ service: AWSService, _ operation: String, _ parameters: JSONObject
    ) async throws(SecretProblem) -> JSONValue {
        var call = AWSCall(service, operation, .json(parameters))
        call.mayRepeat = true
        switch await tools.aws.call(call, at: place, timeout: SecretSources.timeout) {
        case .success(let response): return response.json ?? .null
        case .failure(let failure): throw SecretProblem("\(operation): \(failure.message)")
        }
    }
}

/// Why one secret could not be had; never its value.
private struct SecretProblem: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
