package import BelayEngine
import JSON

/// Why a call to a service has no result.
package enum AWSFailure: Error, Sendable, Hashable {
    case credentials(AWSCredentialsError)
    case transfer(TransferFailure)
    /// The service's own word: HTTP status, error code, message.
    case service(status: Int, code: String, message: String)
    /// A success that cannot be read.
    case unreadable(String)
}

extension AWSFailure {
    /// Reads the error out of an answer, whichever of the protocols' forms it has.
    init(_ response: HTTPResponse, json: JSONValue?, xml: XMLNode?) {
        var code = response.header("x-amzn-errortype") ?? ""
        var message = ""
        if let json {
            if code.isEmpty {
                code = (json["__type"] ?? json["code"] ?? json["Code"])?.stringValue ?? ""
            }
            message =
                (json["message"] ?? json["Message"] ?? json["errorMessage"])?.stringValue ?? ""
        } else if let error = xml?.first("Error") ?? xml {
            code = error.text("Code") ?? code
            message = error.text("Message") ?? ""
        }
        // `com.amazon.coral#Code` and `Code:http://…` are both met.
        code =
            String(code.split(separator: "#").last ?? "").split(separator: ":").first.map(
                String.init) ?? ""
        if message.isEmpty { message = response.body.text }
        self = .service(
            status: response.status, code: code.isEmpty ? "HTTP \(response.status)" : code,
            message: message)
    }

    /// A server may repeat what it was sent: the keys of the call are taken out of its words.
    func redacted(by credentials: AWSCredentials?) -> AWSFailure {
        guard let credentials, case .service(let status, let code, let message) = self else {
            return self
        }
        let vault = SecretVault(values: [
            "AWS secret key": credentials.secretKey,
            "AWS session token": credentials.sessionToken ?? "",
        ])
        return .service(status: status, code: vault.redact(code), message: vault.redact(message))
    }

    package var message: String {
        switch self {
        case .credentials(let error): error.message
        case .transfer(let failure): failure.message
        case .service(_, let code, let message): message.isEmpty ? code : "\(code): \(message)"
        case .unreadable(let message): message
        }
    }

    /// Another try may succeed.
    package var isPassing: Bool {
        switch self {
        case .credentials(let error): error.isPassing
        case .transfer(let failure): failure.cause != .forbidden && failure.cause != .cancelled
        case .service(let status, let code, _):
            status >= 500 || AWSErrorCodes.isThrottling(code, status)
        case .unreadable: false
        }
    }

    package var outcome: ActionOutcome {
        switch self {
        case .credentials(let error):
            .failed(
                error.isPassing ? .unavailable : .denied, retryable: error.isPassing,
                message: error.message)
        case .transfer(let failure): failure.outcome
        case .service(let status, let code, _):
            AWSErrorCodes.outcome(status: status, code: code, message: message)
        case .unreadable(let message): .lost(.badOutput, message: message)
        }
    }
}

/// What the services' error codes mean. The codes are those of their public API references.
enum AWSErrorCodes {
    static func isThrottling(_ code: String, _ status: Int) -> Bool {
        status == 429 || throttling.contains(code) || code.contains("Throttl")
    }

    static func outcome(status: Int, code: String, message: String) -> ActionOutcome {
        if isThrottling(code, status) {
            return .failed(.throttled, retryable: true, message: message)
        }
        if status >= 500 { return .lost(.unavailable, message: message) }
        return .failed(failureClass(code, status), retryable: false, message: message)
    }

    private static func failureClass(_ code: String, _ status: Int) -> FailureClass {
        if denied.contains(code) || code.hasPrefix("AccessDenied") || status == 401 {
            return .denied
        }
        if code.contains("NotFound") || code.contains("NoSuch") || code.hasSuffix("DoesNotExist") {
            return .notFound
        }
        if conflict.contains(code) || code.contains("Conflict") || code.contains("InUse")
            || code.contains("InProgress") || code.contains("State")
        {
            return .conflict
        }
        return status == 403 ? .denied : status == 404 ? .notFound : .invalid
    }

    private static let throttling: Set<String> = [
        "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown",
        "TooManyRequestsException",
    ]

    private static let denied: Set<String> = [
        "AuthFailure", "AuthorizationError", "ExpiredToken", "ExpiredTokenException",
        "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized",
        "OptInRequired", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
        "UnauthorizedOperation", "UnrecognizedClientException",
    ]

    private static let conflict: Set<String> = [
        "IncorrectInstanceState", "ResourceNotReadyException", "ServiceNotActiveException",
    ]
}
