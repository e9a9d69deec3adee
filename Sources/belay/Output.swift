import Glibc

/// Where commands write: data to standard output, progress and complaints to standard error.
enum Output {
    /// Ends the process if the text cannot be written: what is missing must not look whole.
    static func standard(_ text: String) {
        if !tell(text) { Glibc.exit(ExitStatus.unreadable.rawValue) }
    }

    static func standardError(_ text: String) { _ = write(text, to: 2) }

    /// Writes to standard output beside work that must not be cut off; answers whether it could, and says why not.
    static func tell(_ text: String) -> Bool {
        guard let failure = write(text, to: 1) else { return true }
        standardError("belay: cannot write standard output: \(failure)")
        return false
    }

    /// Why the text could not be written. Who closed the other end wants no more, which is no failure.
    private static func write(_ text: String, to descriptor: Int32) -> String? {
        var bytes = Array((text.hasSuffix("\n") || text.isEmpty ? text : text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                let code = errno
                switch code {
                case EINTR: continue
                case EAGAIN: waitUntilWritable(descriptor)
                case EPIPE: return nil
                default: return String(cString: strerror(code))
                }
            } else {
                bytes = bytes.dropFirst(count)
            }
        }
        return nil
    }

    private static func waitUntilWritable(_ descriptor: Int32) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
    }

    /// Whether both streams are the same terminal, so that a person reads one beside the other.
    static var isOneTerminal: Bool {
        var (output, errors) = (stat(), stat())
        return isatty(1) == 1 && isatty(2) == 1 && fstat(1, &output) == 0 && fstat(2, &errors) == 0
            && output.st_rdev == errors.st_rdev
    }

    /// Whether colours may be used on a stream.
    static func usesColor(_ choice: ColorChoice, descriptor: Int32 = 1) -> Bool {
        switch choice {
        case .always: true
        case .never: false
        case .auto: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil
        }
    }
}

/// `--color auto|always|never`.
enum ColorChoice: String, CaseIterable {
    case auto
    case always
    case never
}
