package import BelayCompiler
import Glibc

/// What providers reach the world with; one of each for the process, started on first use.
package struct ProviderTools: Sendable {
    package var http: JudgedClient
    package var aws: AWSClient
    package var children: ChildProcesses
    /// Process variables.
    package var variable: @Sendable (String) -> String?
    package var now: @Sendable () -> Timestamp
    /// Takes a line for people, without its end.
    package var writeLine: @Sendable (String) -> Void

    package init(
        resolver: Resolver = .system(), variable: @escaping @Sendable (String) -> String?,
        now: @escaping @Sendable () -> Timestamp, writeLine: @escaping @Sendable (String) -> Void
    ) {
        http = JudgedClient(curl: CurlClient(), resolver: resolver)
        children = ChildProcesses()
        aws = AWSClient(http: http, children: children, variable: variable, now: now)
        self.variable = variable
        self.now = now
        self.writeLine = writeLine
    }

    /// The process's own variables and clock; lines go to standard error.
    package static func system() -> ProviderTools {
        ProviderTools(
            variable: { name in getenv(name).map { String(cString: $0) } },
            now: SystemClock.now,
            writeLine: { line in
                var bytes = Array((line + "\n").utf8)[...]
                while !bytes.isEmpty {
                    let count = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
                    if count <= 0 { return }
                    bytes = bytes.dropFirst(count)
                }
            })
    }
}

/// The machine's wall clock.
package enum SystemClock {
    @Sendable package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
