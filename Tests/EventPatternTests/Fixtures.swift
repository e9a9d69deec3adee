import Foundation

/// The files beside the tests.
enum Fixtures {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }
}
