import Glibc

/// Where commands write: data to standard output, progress and complaints to standard error.
enum Output {
    static func standard(_ text: String) { write(text, to: 1) }
    static func standardError(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array((text.hasSuffix("\n") || text.isEmpty ? text : text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            bytes = bytes.dropFirst(count)
        }
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
