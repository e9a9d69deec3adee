import Foundation

/// Runs `Fixtures/verify_export.py` where Python and its `cryptography` are installed.
struct SecondOpinion {
    let folder: String

    private static var script: String {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/\(tests)/Fixtures/verify_export.py"
    }

    static var lineCount: Int {
        let text = try? String(contentsOfFile: script, encoding: .utf8)
        return text?.split(separator: "\n", omittingEmptySubsequences: false).count.advanced(by: -1)
            ?? .max
    }

    static let isPresent: Bool = (try? run(["-c", "import cryptography"]))?.status == 0

    /// The last line that the script prints about an export.
    func verdict(_ lines: [[UInt8]]) throws -> String {
        let path = folder + "/export.jsonl"
        try Data(lines.joined(separator: [0x0a])).write(to: URL(filePath: path))
        return try Self.run([Self.script, path]).output.trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
