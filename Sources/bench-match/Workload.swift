import Foundation

/// A folder that the workload generator wrote: rules and events.
struct Workload {
    struct Rule {
        let name: String
        let pattern: [UInt8]
    }

    let profile: String
    private(set) var rules: [Rule] = []
    private let events: [UInt8]
    private let lines: [Range<Int>]

    var count: Int { lines.count }

    init(folder: String) throws {
        let folder = URL(filePath: folder)
        func bytes(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: folder.appending(path: name)))
        }
        let meta = try JSONSerialization.jsonObject(with: Data(try bytes("meta.json")))
        profile = (meta as? [String: Any])?["profile"] as? String ?? "?"
        events = try bytes("events.jsonl")
        lines = Workload.lines(events)
        let text = try bytes("rules.json")
        for line in Workload.lines(text) where text[line.lowerBound] == UInt8(ascii: "{") {
            rules.append(try Workload.rule(text[line]))
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            if index > start { lines.append(start..<index) }
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }

    /// One rule a line: `{"name":"…","pattern":{…}}`, perhaps with a comma behind.
    private static func rule(_ line: ArraySlice<UInt8>) throws -> Rule {
        let opening = Array(#"{"name":""#.utf8)
        let between = Array(#"","pattern":"#.utf8)
        guard line.starts(with: opening),
            let quote = line.dropFirst(opening.count).firstIndex(of: UInt8(ascii: "\"")),
            line[quote...].starts(with: between),
            let end = line.lastIndex(of: UInt8(ascii: "}"))
        else { throw CocoaError(.fileReadCorruptFile) }
        return Rule(
            name: String(decoding: line[(line.startIndex + opening.count)..<quote], as: UTF8.self),
            pattern: Array(line[(quote + between.count)..<end]))
    }

    /// Calls a body with the number and the bytes of every event.
    @inline(__always)
    func eachEvent(_ body: (Int, UnsafeRawBufferPointer) throws -> Void) rethrows {
        try events.withUnsafeBytes { bytes in
            for (number, line) in lines.enumerated() {
                try body(number, UnsafeRawBufferPointer(rebasing: bytes[line]))
            }
        }
    }
}
