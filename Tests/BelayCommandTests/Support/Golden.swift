import Foundation
import Testing

/// What a program is to say, kept as a file beside the tests.
enum Golden {
    /// With BELAY_UPDATE_GOLDEN=1 files are written instead of compared.
    static let updates = ProcessInfo.processInfo.environment["BELAY_UPDATE_GOLDEN"] == "1"

    static func expect(
        _ text: String, is name: String, at place: SourceLocation = #_sourceLocation
    ) throws {
        let url = Repository.fixtures.appending(path: name)
        if updates {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            return
        }
        let wanted = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        #expect(text == wanted, "\(name) differs", sourceLocation: place)
    }

    /// The text without what differs from run to run: times, identifiers, digests, ports.
    static func settled(_ text: String) -> String {
        text
            .replacing(#/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z/#, with: "TIME")
            .replacing(#/\b\d\d:\d\d:\d\d\.\d+/#, with: "TIME")
            .replacing(
                #/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/#, with: "ID"
            )
            .replacing(#/\b[0-9a-f]{12,64}\b/#, with: "HEX")
            .replacing(#/127\.0\.0\.1:\d+/#, with: "127.0.0.1:PORT")
    }
}
