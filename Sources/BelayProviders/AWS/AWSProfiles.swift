import Glibc

/// The shared files `~/.aws/config` and `~/.aws/credentials`: profiles with their settings.
struct AWSProfiles: Sendable {
    /// Settings by profile; the credentials file's win.
    private(set) var profiles: [String: [String: String]] = [:]

    /// Profiles whose keys stand in the credentials file.
    private(set) var haveKeys: Set<String> = []

    /// Reads the files that exist; a file that is missing is no error.
    static func load(_ variable: (String) -> String?) -> AWSProfiles {
        let home = variable("HOME") ?? ""
        let config = variable("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
        let secrets = variable("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"
        var result = AWSProfiles()
        if let text = SmallFile.text(config) { result.add(text, isConfig: true) }
        if let text = SmallFile.text(secrets) { result.add(text, isConfig: false) }
        return result
    }

    /// Adds a file's sections; in the configuration all but the default are called `profile NAME`.
    mutating func add(_ text: String, isConfig: Bool) {
        var name: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.trimmed
            if bare.isEmpty || bare.hasPrefix("#") || bare.hasPrefix(";") { continue }
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                let title = bare[bare.index(after: bare.startIndex)..<end].trimmed
                name = AWSProfiles.profile(named: title, isConfig: isConfig)
            } else if let name, line.first?.isWhitespace != true,
                let mark = bare.firstIndex(of: "=")
            {
                let value = bare[bare.index(after: mark)...].trimmed
                let key = bare[..<mark].trimmed.lowercased()
                profiles[name, default: [:]][key] = value
                if !isConfig, key == "aws_access_key_id" { haveKeys.insert(name) }
            }
        }
    }

    /// Takes the role away from a profile that is its own source: its keys assume its role.
    mutating func dropRole(of name: String) { profiles[name]?["role_arn"] = nil }

    private static func profile(named title: String, isConfig: Bool) -> String? {
        guard isConfig, title != "default" else { return title }
        return title.hasPrefix("profile ") ? title.dropFirst(8).trimmed : nil
    }
}

/// Small files of the system's configuration.
enum SmallFile {
    private static let limit = 1 << 20

    /// The file's bytes, or nil if it cannot be read or is larger than 1 MiB.
    static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// Whether this process may run the file.
    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension StringProtocol {
    /// Without the white space around it.
    var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
