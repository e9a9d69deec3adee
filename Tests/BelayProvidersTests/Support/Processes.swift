import Foundation

/// Other processes as /proc shows them.
enum Processes {
    /// A process's state, parent and session; nil if there is none.
    struct Entry {
        let state: Character
        let parent: Int32
        let session: Int32
    }

    static func entry(_ pid: Int32) -> Entry? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 3, let state = fields[0].first, let parent = Int32(fields[1]),
            let session = Int32(fields[3])
        else { return nil }
        return Entry(state: state, parent: parent, session: session)
    }

    /// All that run, dead ones that nobody has reaped included.
    static func all() -> [(pid: Int32, entry: Entry)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { pid in entry(pid).map { (pid, $0) } }
    }

    /// Those of a session that run.
    static func members(ofSession session: Int32) -> [Int32] {
        all().filter { $0.entry.session == session && $0.entry.state != "Z" }.map(\.pid)
    }

    /// Our dead children that nobody has reaped.
    static func zombies() -> [Int32] {
        let own = ProcessInfo.processInfo.processIdentifier
        return all().filter { $0.entry.parent == own && $0.entry.state == "Z" }.map(\.pid)
    }

    /// Whether a process is dead within a generous time; one that its parent has not reaped yet is.
    static func end(of pid: Int32) async -> Bool {
        await comes { entry(pid).map { $0.state == "Z" } ?? true }
    }

    /// Whether something comes true within a generous time.
    static func comes(_ condition: () throws -> Bool) async rethrows -> Bool {
        for _ in 0..<600 {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Links of this process's descriptors, such as `pipe:[42]`.
    static func descriptors() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
    }

    /// Bytes of this process that are in memory.
    static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
