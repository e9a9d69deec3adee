package import BelayCompiler
package import BelayEngine
package import JSON

/// A request with its secrets opened, as an operation reads it.
package struct ActionCall: Sendable {
    package let request: ActionRequest
    /// The step's inputs.
    package let inputs: JSONObject
    /// The binding's settings.
    package let settings: JSONObject
    private let deadline: ContinuousClock.Instant
    /// The wall clock when the call began.
    let now: Timestamp

    /// What is left of the attempt's time, at least a millisecond.
    package var timeLeft: Duration { max(.milliseconds(1), deadline - .now) }

    fileprivate init(_ request: ActionRequest, at time: Timestamp) throws(Refusal) {
        self.request = request
        deadline = .now + request.timeout
        now = time
        do throws(SecretError) {
            inputs = try request.inputs.opened(by: request.secrets)
            settings = try request.settings.opened(by: request.secrets)
        } catch {
            throw Refusal(.failed(.denied, retryable: false, message: error.message))
        }
    }
}

/// An outcome that ends an operation early.
package struct Refusal: Error {
    package let outcome: ActionOutcome

    package init(_ outcome: ActionOutcome) { self.outcome = outcome }

    /// What it says to people.
    var message: String {
        switch outcome {
        case .succeeded: ""
        case .failed(_, _, let message), .lost(_, let message): message
        }
    }

    package static func invalid(_ message: String) -> Refusal {
        Refusal(.failed(.invalid, retryable: false, message: message))
    }
}

extension ActionRequest {
    /// Opens secrets, runs the operation, and takes every secret out of what it answers.
    package func carriedOut(
        at time: Timestamp = SystemClock.now(),
        _ body: (ActionCall) async throws(Refusal) -> ActionOutcome
    ) async -> ActionOutcome {
        let outcome: ActionOutcome
        do throws(Refusal) {
            outcome = try await body(try ActionCall(self, at: time))
        } catch {
            outcome = error.outcome
        }
        return outcome.redacted(by: secrets)
    }
}

extension ActionOutcome {
    func redacted(by opener: any SecretOpener) -> ActionOutcome {
        switch self {
        case .succeeded(let output): .succeeded(output.redacted(by: opener))
        case .failed(let kind, let retryable, let message):
            .failed(kind, retryable: retryable, message: ActionOutcome.shown(message, opener))
        case .lost(let kind, let message):
            .lost(kind, message: ActionOutcome.shown(message, opener))
        }
    }

    /// Shortened only after the secrets are out: a secret that is cut in half would not be recognised.
    private static func shown(_ message: String, _ opener: any SecretOpener) -> String {
        let text = PrintableText.escaped(opener.redact(message))
        return text.unicodeScalars.count <= messageLimit
            ? text
            : String(String.UnicodeScalarView(text.unicodeScalars.prefix(messageLimit))) + "…"
    }

    private static let messageLimit = 500
}

extension JSONValue {
    fileprivate func redacted(by opener: any SecretOpener) -> JSONValue {
        switch self {
        case .string(let text): .string(opener.redact(text))
        case .array(let items): .array(items.map { $0.redacted(by: opener) })
        case .object(let object):
            .object(
                JSONObject(object.map { (opener.redact($0.name), $0.value.redacted(by: opener)) }))
        default: self
        }
    }
}

// MARK: - Reading settings and inputs

extension ActionCall {
    /// A member of the settings or, failing that, of the inputs: a binding states what a capability's step
    /// does not, and a direct use of an operation states it all itself.
    package func value(_ name: String) -> JSONValue? {
        let found = settings[name] ?? inputs[name]
        return found?.isNull == true ? nil : found
    }

    package func text(_ name: String) -> String? {
        switch value(name) {
        case .string(let text)?: text
        case .bool, .integer, .number, .bignum: value(name)?.text()
        default: nil
        }
    }

    /// Text that must be there and not be empty.
    package func required(_ name: String) throws(Refusal) -> String {
        guard let text = text(name), !text.isEmpty else {
            throw .invalid("\(request.operation): '\(name)' is missing or empty")
        }
        return text
    }

    package func integer(_ name: String) throws(Refusal) -> Int? {
        guard let value = value(name) else { return nil }
        let number = value.integerValue ?? value.stringValue.flatMap { Int64($0) }
        guard let number else {
            throw .invalid("'\(name)' is \(value.kindName), a whole number is expected")
        }
        return Int(number)
    }

    package func flag(_ name: String) throws(Refusal) -> Bool {
        switch value(name) {
        case nil: return false
        case .bool(let flag)?: return flag
        case .string("true")?: return true
        case .string("false")?: return false
        case let value?: throw .invalid("'\(name)' is \(value.kindName), true or false is expected")
        }
    }

    /// A list of texts; one text alone is a list of one.
    package func texts(_ name: String) throws(Refusal) -> [String]? {
        guard let value = value(name) else { return nil }
        if let text = value.stringValue { return [text] }
        guard let items = value.arrayValue else {
            throw .invalid("'\(name)' is \(value.kindName), a list of texts is expected")
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.scalarText else {
                throw .invalid("'\(name)' holds \(item.kindName), text is expected")
            }
            texts.append(text)
        }
        return texts
    }

    /// A map of names to texts.
    package func textMap(_ name: String) throws(Refusal) -> [(String, String)] {
        guard let value = value(name) else { return [] }
        guard let object = value.objectValue else {
            throw .invalid("'\(name)' is \(value.kindName), a map is expected")
        }
        var pairs: [(String, String)] = []
        for member in object {
            guard let text = member.value.scalarText else {
                throw .invalid(
                    "'\(name).\(member.name)' is \(member.value.kindName), text is expected")
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    package func object(_ name: String) throws(Refusal) -> JSONObject? {
        guard let value = value(name) else { return nil }
        guard let object = value.objectValue else {
            throw .invalid("'\(name)' is \(value.kindName), a map is expected")
        }
        return object
    }
}

extension JSONValue {
    /// Text, or a number or boolean as it is written.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .bool, .integer, .number, .bignum: text()
        default: nil
        }
    }
}
