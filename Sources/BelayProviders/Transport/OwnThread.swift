import Glibc

/// Work that blocks, on a thread of its own: the cooperative pool has as many threads as there are cores, and
/// one that waits for a name server holds back everything else.
package enum OwnThread {
    /// Runs `work` on a new thread and suspends until it has returned.
    package static func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: work()) }
        }
    }

    /// Starts a thread that nobody waits for. That no thread can be had is the end of the process: every
    /// waiting task would hang otherwise.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                blockSignals()
                body.run()
                return nil
            }, box)
        precondition(status == 0, "no thread could be started (error \(status))")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Leaves signals to the main thread; a write to a closed connection is an error here and no SIGPIPE.
private func blockSignals() {
    var set = sigset_t()
    sigfillset(&set)
    for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&set, signal) }
    pthread_sigmask(SIG_SETMASK, &set, nil)
}
