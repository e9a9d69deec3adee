import BelayCompiler
import JSON

/// Judges a provider's answer against the contract: what is declared must be there and have its type.
enum OutputCheck {
    /// The most that an output may hold; what is longer is refused rather than cut, because a cut answer never
    /// passes for a whole one.
    static let bound = 1 << 20

    static func outcome(
        _ outcome: ActionOutcome, _ action: ActionContract?, _ secrets: any SecretOpener
    ) -> ActionOutcome {
        switch outcome {
        case .succeeded(let output): return checked(output, action, secrets)
        case .failed(let failure, let retryable, let message):
            return .failed(failure, retryable: retryable, message: secrets.redact(message))
        case .lost(let failure, let message):
            return .lost(failure, message: secrets.redact(message))
        }
    }

    private static func checked(
        _ output: JSONValue, _ action: ActionContract?, _ secrets: any SecretOpener
    ) -> ActionOutcome {
        let bytes = output.canonicalBytes()
        guard bytes.count <= bound else {
            let message = "the answer has \(bytes.count) bytes, \(bound) are the most"
            return .failed(.outputTooLarge, retryable: false, message: message)
        }
        for contract in action?.outputs ?? [] {
            guard let value = output[contract.name], !value.isNull else { continue }
            if !contract.type.admits(contract.type.typed(value)) {
                let message =
                    "output `\(contract.name)`: expected \(contract.type.article), found \(value.kindName)"
                return .failed(.badOutput, retryable: false, message: message)
            }
        }
        let redacted = secrets.redact(String(decoding: bytes, as: UTF8.self))
        guard let value = try? JSONParser.parse(redacted) else {
            return .failed(.badOutput, retryable: false, message: "the answer is no JSON value")
        }
        return .succeeded(value)
    }
}
