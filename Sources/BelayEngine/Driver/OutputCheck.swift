import BelayCompiler
import JSON

/// Judges an answer by its action's contract before it is recorded.
struct OutputCheck {
    let contract: ActionContract?

    /// The outcome, or the failure that a wrong or oversized answer is.
    func checked(_ outcome: ActionOutcome) -> ActionOutcome {
        guard case .succeeded(let output) = outcome else { return outcome }
        guard output.text().utf8.count <= DriverBounds.outputBytes else {
            return .failed(
                .outputTooLarge, retryable: false,
                message: "the answer is larger than \(DriverBounds.outputBytes) bytes")
        }
        for declared in contract?.outputs ?? [] {
            guard let value = output[declared.name], !value.isNull else { continue }
            let typed = declared.type.typed(value)
            guard declared.type.admits(typed) else {
                return .failed(
                    .badOutput, retryable: false,
                    message: "output `\(declared.name)`: expected \(declared.type.article), found "
                        + value.kindName)
            }
        }
        return outcome
    }
}

extension ActionOutcome {
    /// The outcome with no resolved secret left in it.
    func redacted(by secrets: any SecretOpener) -> ActionOutcome {
        switch self {
        case .succeeded(let output): .succeeded(output.redacted(by: secrets))
        case .failed(let failure, let retryable, let message):
            .failed(failure, retryable: retryable, message: secrets.redact(message))
        case .lost(let failure, let message): .lost(failure, message: secrets.redact(message))
        }
    }
}

extension JSONValue {
    fileprivate func redacted(by secrets: any SecretOpener) -> JSONValue {
        switch self {
        case .null, .bool, .integer, .number, .bignum: self
        case .string(let text): .string(secrets.redact(text))
        case .array(let items): .array(items.map { $0.redacted(by: secrets) })
        case .object(let object):
            .object(
                JSONObject(
                    object.map { (secrets.redact($0.name), $0.value.redacted(by: secrets)) }))
        }
    }
}
