import Foundation

/// The repository that these tests are about, read as text.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func lines(_ path: String) throws -> [Substring] {
        try text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The names in a folder, sorted; nothing if there is no such folder.
    static func names(in folder: String) -> [String] {
        let path = root.appending(path: folder).path(percentEncoded: false)
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        (try? root.appending(path: path).resourceValues(forKeys: [.isDirectoryKey]).isDirectory)
            ?? false
    }

    /// Every file below a folder with one of the endings, as paths from the root, sorted.
    static func files(below folder: String, ending endings: String...) -> [String] {
        let path = root.appending(path: folder).path(percentEncoded: false)
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.map { "\(folder)/\($0)" }
            .filter { file in
                endings.isEmpty ? !isFolder(file) : endings.contains { file.hasSuffix($0) }
            }
            .sorted()
    }

    /// The Swift files of every target.
    static let sources = files(below: "Sources", ending: ".swift")

    /// Every file that git tracks.
    static func tracked() throws -> [String] {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = [
            "git", "-C", root.path(percentEncoded: false), "ls-files", "-z", "--cached", "--others",
            "--exclude-standard",
        ]
        git.standardOutput = output
        try git.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init)
            .filter { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
    }
}
