import Foundation

/// The repository that these tests are a part of.
enum Repository {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let fixtures = tests.appending(path: "Fixtures")
    static let runbooks = root.appending(path: "runbooks").path

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
