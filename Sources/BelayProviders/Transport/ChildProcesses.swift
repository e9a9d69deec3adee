import CCurl
import Glibc

/// Runs programs: one thread starts them, reads their outputs, and ends them at their deadline.
///
/// Each child leads a session of its own, so that a deadline ends its whole process group. The end of the
/// child itself is what counts: a grandchild that keeps a pipe open delays nothing.
package final class ChildProcesses: @unchecked Sendable {
    private struct State: Sendable {
        var queued: [RunningChild] = []
        var cancelled: [UInt64] = []
        var nextID: UInt64 = 0
        var wakeEnd: Int32 = -1
    }

    private let state = Locked(State())

    package init() {}

    /// Starts a program and returns when it has ended, by itself or by its deadline or cancellation.
    package func run(_ command: ChildCommand) async throws(ChildError) -> ChildResult {
        if let flaw = command.flaw { throw ChildError(.invalid, flaw) }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let result: Result<ChildResult, ChildError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let child = RunningChild(id: id, command: command) {
                    continuation.resume(returning: $0)
                }
                wake { $0.queued.append(child) }
                // A cancellation that came before the child was queued found nothing to end.
                if Task.isCancelled { wake { $0.cancelled.append(id) } }
            }
        } onCancel: {
            wake { $0.cancelled.append(id) }
        }
        return try result.get()
    }

    private func wake(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            if state.wakeEnd < 0 { start(&state) }
            var byte: UInt8 = 1
            _ = write(state.wakeEnd, &byte, 1)
        }
    }

    /// Starts the thread, which lives as long as the process: children die with the thread that made them.
    private func start(_ state: inout State) {
        var ends: [Int32] = [-1, -1]
        let status = spawn_pipe(&ends, 1)
        precondition(status == 0, "no pipe for the thread that runs programs (error \(errno))")
        state.wakeEnd = ends[1]
        let reader = ends[0]
        OwnThread.start { self.loop(reader) }
    }

    private func loop(_ reader: Int32) {
        var live: [UInt64: RunningChild] = [:]
        while true {
            let news = state.withLock { state in
                defer {
                    state.queued = []
                    state.cancelled = []
                }
                return state
            }
            for child in news.queued where child.start() { live[child.id] = child }
            for id in news.cancelled { live[id]?.stop(.cancelled) }
            wait(Array(live.values), reader)
            let now = ContinuousClock.now
            for child in live.values {
                child.exchange()
                child.watchClock(now)
                if child.hasEnded() { live[child.id] = nil }
            }
        }
    }

    /// Sleeps until a descriptor is ready, a deadline is due, or somebody woke us.
    private func wait(_ children: [RunningChild], _ reader: Int32) {
        var entries = [pollfd(fd: reader, events: Int16(POLLIN), revents: 0)]
        for child in children { entries += child.pollEntries }
        let next = children.map(\.nextDeadline).min()
        let left = next.map { max(.zero, $0 - ContinuousClock.now) } ?? .seconds(60)
        _ = poll(&entries, nfds_t(entries.count), Int32(min(60_000, left.wholeMilliseconds)))
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(reader, &bytes, bytes.count) > 0 {}
    }
}

extension ChildCommand {
    /// What makes the command impossible, before anything is started.
    fileprivate var flaw: String? {
        if !path.hasPrefix("/") { return "the program '\(path)' is not an absolute path" }
        if let directory, !directory.hasPrefix("/") {
            return "the working folder '\(directory)' is not an absolute path"
        }
        let texts = [path, directory ?? ""] + arguments + environment.keys + environment.values
        if texts.contains(where: { $0.utf8.contains(0) }) {
            return "an argument or variable holds NUL"
        }
        let isBad = { (name: String) in name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) }
        if let name = environment.keys.first(where: isBad) {
            return "'\(name)' is not the name of a variable"
        }
        return nil
    }
}
