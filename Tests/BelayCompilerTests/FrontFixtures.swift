import BelayCompiler
import Foundation
import Testing

/// Files beside the tests, read by path.
enum FrontFixtures {
    /// The repository's root.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = repository.appending(path: "Tests/BelayCompilerTests/Fixtures")

    /// Whether expected files are written instead of compared.
    static let updates = ProcessInfo.processInfo.environment["BELAY_UPDATE_GOLDEN"] == "1"

    /// The names, without ending, of the files of a folder with an ending, sorted.
    static func names(in folder: URL, ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

    /// Compares text with a file, or writes the file.
    static func check(
        _ text: String, against url: URL, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let bytes = Array(text.utf8)
        if updates {
            if (try? Self.bytes(url)) == bytes { return }
            try Data(bytes).write(to: url)
            return
        }
        let expected = String(decoding: try Self.bytes(url), as: UTF8.self)
        #expect(text == expected, "\(url.lastPathComponent)", sourceLocation: sourceLocation)
    }
}

/// Reads one text as a repository of one file.
func read(_ text: String, path: String = "x.yaml") -> (RepositorySyntax, [Diagnostic]) {
    var diagnostics = Diagnostics()
    let repository = RepositoryReader.read([SourceFile(path: path, text: text)], &diagnostics)
    return (repository, diagnostics.sorted)
}

/// The lines after a runbook's head.
let runbookHead = "apiVersion: belay/v1\nkind: Runbook\nmetadata: {name: x}\n"
