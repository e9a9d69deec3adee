import Glibc
import JSON

/// Reads files and folders by the system's own calls.
enum Files {
    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws(CommandProblem) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandProblem(
                .unreadable, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandProblem(
                    .unreadable, "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            bytes += buffer[..<count]
        }
    }

    /// The JSON document in a file.
    static func json(_ path: String) throws(CommandProblem) -> JSONValue {
        let bytes = try read(path)
        do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
            throw CommandProblem(.unreadable, "\(path) is no JSON: \(error)")
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws(CommandProblem) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandProblem(
                .unreadable, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw CommandProblem(
                    .unreadable, "cannot write \(path): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }

    static func isFolder(_ path: String) -> Bool {
        mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
    }
    static func exists(_ path: String) -> Bool { mode(path) != nil }

    private static func mode(_ path: String) -> mode_t? {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mode : nil
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(CommandProblem) {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            folder += "/\(part)"
            if mkdir(folder, mode) != 0, errno != EEXIST {
                throw CommandProblem(
                    .unreadable,
                    "cannot make the folder \(folder): \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Names in a folder, sorted, without hidden ones.
    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Paths of all YAML files below a folder, sorted.
    static func yamlFiles(below folder: String) -> [String] {
        names(in: folder).flatMap { name -> [String] in
            let path = folder == "." ? name : "\(folder)/\(name)"
            if isFolder(path) { return yamlFiles(below: path) }
            return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? [path] : []
        }
    }

    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }
}
