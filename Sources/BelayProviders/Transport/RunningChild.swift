import CCurl
import Glibc

/// One child under way: its descriptors, what it has written, and its deadline. Used by one thread.
final class RunningChild: @unchecked Sendable {
    let id: UInt64
    private let command: ChildCommand
    private let finish: @Sendable (Result<ChildResult, ChildError>) -> Void
    private var pid: pid_t = -1
    private var endMark: Int32 = -1
    private var input: Int32 = -1
    private var outputs: [(descriptor: Int32, bytes: BoundedOutput)]
    private var toWrite: ArraySlice<UInt8>
    private var deadline: ContinuousClock.Instant
    private var stopReason: ChildResult.Stop?
    private var wasKilled = false
    /// Bytes read at one time, and how often before others have their turn.
    private static let chunk = 64 << 10
    private static let turns = 32

    init(
        id: UInt64, command: ChildCommand,
        finish: @escaping @Sendable (Result<ChildResult, ChildError>) -> Void
    ) {
        self.id = id
        self.command = command
        self.finish = finish
        let empty = BoundedOutput(limit: command.outputLimit)
        outputs = [(-1, empty), (-1, empty)]
        toWrite = command.input[...]
        deadline = ContinuousClock.now + command.timeout
    }

    // MARK: - Starting

    /// False if it could not be started; the caller has been told.
    func start() -> Bool {
        guard ContinuousClock.now < deadline else {
            finish(.failure(ChildError(.exhausted, "no time left to start the program")))
            return false
        }
        var pipes: [[Int32]] = []
        for parentReads in [false, true, true] {
            var ends: [Int32] = [-1, -1]
            if spawn_pipe(&ends, parentReads ? 1 : 0) != 0 {
                close(pipes.flatMap { $0 } + ends)
                fail("make a pipe", errno)
                return false
            }
            pipes.append(ends)
        }
        input = pipes[0][1]
        outputs[0].descriptor = pipes[1][0]
        outputs[1].descriptor = pipes[2][0]
        var step: UnsafePointer<CChar>?
        pid = spawn(pipes[0][0], pipes[1][1], pipes[2][1], &step)
        let number = errno
        close([pipes[0][0], pipes[1][1], pipes[2][1]])
        if pid > 0 { endMark = spawn_pidfd(pid) }
        guard pid > 0, endMark >= 0 else {
            let cause = pid > 0 ? errno : number
            if pid > 0 {
                kill(-pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
            closeAll()
            fail(step.map { String(cString: $0) } ?? "watch the program", cause)
            return false
        }
        write()
        return true
    }

    private func spawn(
        _ input: Int32, _ output: Int32, _ error: Int32, _ step: inout UnsafePointer<CChar>?
    ) -> pid_t {
        let variables = command.environment.sorted { $0.key < $1.key }.map {
            "\($0.key)=\($0.value)"
        }
        return withCStrings([command.path] + command.arguments) { arguments in
            withCStrings(variables) { environment in
                command.path.withCString { path in
                    (command.directory ?? "/").withCString { directory in
                        var request = spawn_request(
                            path: path, arguments: arguments, environment: environment,
                            directory: directory, input: input, output: output, error: error,
                            memory: Int64(command.memoryLimit ?? 0))
                        return spawn_start(&request, &step)
                    }
                }
            }
        }
    }

    private func fail(_ step: String, _ number: Int32) {
        let cause: ChildError.Cause =
            switch number {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .denied
            case EMFILE, ENFILE, EAGAIN, ENOMEM: .exhausted
            default: .invalid
            }
        let reason = String(cString: strerror(number))
        finish(.failure(ChildError(cause, "cannot \(step) '\(command.path)': \(reason)")))
    }

    // MARK: - Under way

    var pollEntries: [pollfd] {
        var entries = [pollfd(fd: endMark, events: Int16(POLLIN), revents: 0)]
        if input >= 0 { entries.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
        for output in outputs where output.descriptor >= 0 {
            entries.append(pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0))
        }
        return entries
    }

    var nextDeadline: ContinuousClock.Instant { wasKilled ? .now + .seconds(1) : deadline }

    /// Writes and reads what is possible without waiting.
    func exchange() {
        write()
        for place in outputs.indices { _ = read(place) }
    }

    private func write() {
        while input >= 0, !toWrite.isEmpty {
            let count = toWrite.withUnsafeBytes {
                Glibc.write(input, $0.baseAddress, min($0.count, 1 << 16))
            }
            if count > 0 {
                toWrite = toWrite.dropFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                toWrite = []
            }
        }
        if input >= 0 {
            Glibc.close(input)
            input = -1
        }
    }

    /// Reads what is there, up to a bound; false once there is nothing more for now.
    private func read(_ place: Int) -> Bool {
        for _ in 0..<RunningChild.turns {
            let descriptor = outputs[place].descriptor
            guard descriptor >= 0 else { return false }
            let count = withUnsafeTemporaryAllocation(byteCount: RunningChild.chunk, alignment: 1) {
                space in
                let count = Glibc.read(descriptor, space.baseAddress, space.count)
                if count > 0 { outputs[place].bytes.append(.init(rebasing: space[..<count])) }
                return count
            }
            if count > 0 || count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return false }
            Glibc.close(descriptor)
            outputs[place].descriptor = -1
        }
        return true
    }

    // MARK: - Ending

    /// Ends the process group: politely first, then by force.
    func watchClock(_ now: ContinuousClock.Instant) {
        guard now >= deadline, !wasKilled else { return }
        if stopReason == nil {
            stop(.deadline)
        } else {
            kill(-pid, SIGKILL)
            wasKilled = true
        }
    }

    func stop(_ reason: ChildResult.Stop) {
        guard stopReason == nil else { return }
        stopReason = reason
        kill(-pid, SIGTERM)
        kill(-pid, SIGCONT)
        deadline = ContinuousClock.now + command.grace
    }

    /// Whether the child is dead; then the rest of its output has been read and the caller told.
    func hasEnded() -> Bool {
        var mark = pollfd(fd: endMark, events: Int16(POLLIN), revents: 0)
        guard poll(&mark, 1, 0) == 1 else { return false }
        // Not reaped yet, so its group's number is still its own: what it left behind is ended with it.
        if stopReason != nil { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        for place in outputs.indices { while read(place) {} }
        closeAll()
        let signal = status & 0x7f
        let ending: ChildResult.Ending =
            signal == 0 ? .exited(Int(status >> 8 & 0xff)) : .signalled(Int(signal))
        finish(
            .success(
                ChildResult(
                    ending: ending, stop: stopReason, output: outputs[0].bytes,
                    error: outputs[1].bytes)))
        return true
    }

    private func closeAll() {
        close([endMark, input] + outputs.map(\.descriptor))
        (endMark, input) = (-1, -1)
        for place in outputs.indices { outputs[place].descriptor = -1 }
    }

    private func close(_ descriptors: [Int32]) {
        for descriptor in descriptors where descriptor >= 0 { Glibc.close(descriptor) }
    }
}

/// The texts as a NULL-terminated array of C strings, for the length of the call.
private func withCStrings<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body(UnsafePointer($0.baseAddress!)) }
}
