import BelayEngine
import Glibc

/// Who sits at this terminal, for the record.
enum CurrentUser {
    /// What USER says, else the name of the account, else its number.
    static var name: String {
        if let name = LiveWorld().variable("USER"), !name.isEmpty { return name }
        return account(getuid()) ?? "uid-\(getuid())"
    }

    private static func account(_ id: uid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        return buffer.withUnsafeMutableBufferPointer { bytes -> String? in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = bytes.baseAddress,
                getpwuid_r(id, &entry, start, bytes.count, &found) == 0,
                found != nil, let name = entry.pw_name
            else { return nil }
            let text = String(cString: name)
            return text.isEmpty ? nil : text
        }
    }
}
