/// Why a request has no answer, and whether it may have had an effect all the same.
package struct TransferFailure: Error, Sendable, Hashable {
    package enum Cause: String, Sendable {
        /// The address is not one that may be called.
        case forbidden
        /// The name has no address.
        case resolve
        /// Nobody listens, or nobody answered the connection attempt in time.
        case connect
        /// No agreement on TLS, or a certificate that cannot be trusted.
        case tls
        /// The deadline came first.
        case timeout
        /// The connection ended, or what came is not the protocol.
        case broken
        /// The caller's task was cancelled.
        case cancelled
        /// The peer said no to the request as such (SMTP).
        case refused
        /// libcurl is missing or out of memory.
        case unusable
    }

    package let cause: Cause
    /// The request, or a part of it, left this machine: it may have been carried out.
    package let sent: Bool
    /// For people: lower case, without full stop, without credentials.
    package let message: String

    package init(_ cause: Cause, sent: Bool, _ message: String) {
        self.cause = cause
        self.sent = sent
        self.message = message
    }
}
