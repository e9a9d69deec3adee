/// A program to start: an argument list, never a command line.
package struct ChildCommand: Sendable {
    /// Absolute.
    package var path: String
    /// Without the program's own name.
    package var arguments: [String] = []
    /// All that the program sees; nothing is inherited.
    package var environment: [String: String] = [:]
    /// Absolute; nil for the root folder.
    package var directory: String?
    package var input: [UInt8] = []
    package var timeout: Duration = .seconds(30)
    /// From the polite signal to the other one.
    package var grace: Duration = .seconds(1)
    /// Bytes kept of each output, head and tail.
    package var outputLimit = TransportBounds.output
    /// Bytes of address space, nil for no limit.
    package var memoryLimit: Int?

    package init(_ path: String) { self.path = path }
}

/// How a program ended and what it wrote.
package struct ChildResult: Sendable {
    package enum Ending: Sendable, Hashable {
        case exited(Int)
        case signalled(Int)
    }

    /// Why we ended it.
    package enum Stop: Sendable, Hashable {
        case deadline
        case cancelled
    }

    package var ending: Ending
    package var stop: Stop?
    package var output: BoundedOutput
    package var error: BoundedOutput
}

/// Why a program could not be started; nothing has run then.
package struct ChildError: Error, Sendable, Hashable {
    package enum Cause: Sendable, Hashable {
        case invalid
        case notFound
        case denied
        /// Too many processes or descriptors, no memory: may pass.
        case exhausted
    }

    package let cause: Cause
    package let message: String

    init(_ cause: Cause, _ message: String) {
        self.cause = cause
        self.message = message
    }
}
