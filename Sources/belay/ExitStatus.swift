import ArgumentParser

/// How a command ended, for scripts.
enum ExitStatus: Int32, Error {
    /// Findings, failed tests, a failed run, a gate hit.
    case findings = 1
    /// Bad flags or settings.
    case usage = 2
    /// Input that cannot be read.
    case unreadable = 3
    /// Our own failure.
    case internalError = 4
}

/// Why a command cannot do its work: what happened, where, and what to do.
struct CommandProblem: Error {
    var status: ExitStatus
    var text: String

    init(_ status: ExitStatus, _ message: String, help: String? = nil) {
        self.status = status
        text = "belay: \(message)" + (help.map { "\n  help: \($0)" } ?? "")
    }
}

extension ParsableCommand {
    /// Ends the process with a status and no further words.
    static func exit(withError status: ExitStatus) -> Never {
        Self.exit(withError: ExitCode(status.rawValue))
    }
}
