import Foundation

/// A folder of a test, gone with it.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "belay-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.path }

    func url(_ name: String) -> URL { url.appending(path: name) }

    func path(_ name: String) -> String { url(name).path }

    func write(_ text: String, to name: String) throws {
        let target = url(name)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: target)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: url(name), encoding: .utf8)
    }

    /// Puts a copy of a file or folder of the repository here.
    func copy(_ source: URL, to name: String) throws {
        try FileManager.default.copyItem(at: source, to: url(name))
    }
}
