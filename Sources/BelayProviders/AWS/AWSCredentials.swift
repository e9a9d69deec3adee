package import BelayCompiler

/// Keys of an AWS principal; printing them gives no secret.
package struct AWSCredentials: Sendable, Hashable {
    package let accessKey: String
    let secretKey: String
    let sessionToken: String?
    /// Temporary keys are renewed before this.
    package let expires: Timestamp?
    /// Where they came from, for people: `environment`, `profile ops`.
    package let origin: String

    package init(
        accessKey: String, secretKey: String, sessionToken: String? = nil,
        expires: Timestamp? = nil,
        origin: String
    ) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expires = expires
        self.origin = origin
    }
}

extension AWSCredentials: CustomStringConvertible {
    package var description: String { "\(accessKey) from \(origin)" }
}

/// Why there are no credentials.
package struct AWSCredentialsError: Error, Sendable, Hashable {
    package let message: String
    /// Another try may succeed: a metadata service that did not answer.
    package let isPassing: Bool

    init(_ message: String, isPassing: Bool = false) {
        self.message = message
        self.isPassing = isPassing
    }
}
