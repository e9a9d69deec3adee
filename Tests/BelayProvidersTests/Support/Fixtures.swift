import Foundation
import JSON

/// Files beside the tests.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// The repository's own folder.
    static let repository = folder.resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ name: String) -> String {
        folder.appending(path: name).path(percentEncoded: false)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func json(_ name: String) throws -> JSONValue { try JSONParser.parse(try bytes(name)) }

    /// Names of a folder's files with this ending, sorted.
    static func names(in name: String, ending: String) throws -> [String] {
        let path = folder.appending(path: name).path(percentEncoded: false)
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(ending) }.sorted()
    }

    /// Holds all temporary folders of this process, and goes with it.
    private static let temporary: URL = {
        atexit { try? FileManager.default.removeItem(at: Fixtures.temporaryRoot) }
        return temporaryRoot
    }()

    private static let temporaryRoot = FileManager.default.temporaryDirectory.appending(
        path: "belay-tests-\(ProcessInfo.processInfo.processIdentifier)")

    /// An empty folder of its own.
    static func temporaryFolder() throws -> URL {
        let url = temporary.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
