package import BelayCompiler
import JSON

/// The sources of a program as a journal keeps them, so that a run can be carried on with what it began with.
package struct StoredProgram: Sendable {
    package struct File: Sendable, Hashable {
        package var path: String
        package var text: String
    }

    /// The language revision that these files are written in.
    package static let revision = "belay/v1"

    package var files: [File]

    package init(_ files: [SourceFile]) {
        self.files = files.map { File(path: $0.path, text: String(decoding: $0.bytes, as: UTF8.self)) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    package var stored: ProgramText {
        let value: JSONValue = [
            "files": .array(files.map { ["path": .string($0.path), "text": .string($0.text)] }),
            "revision": .string(Self.revision),
        ]
        return ProgramText(value.canonicalBytes())
    }

    /// Nil if the text is of a revision that this program does not know: such a run waits for a person.
    package init?(_ text: ProgramText) {
        guard let value = try? JSONParser.parse(text.bytes),
            value["revision"]?.stringValue == Self.revision,
            let items = value["files"]?.arrayValue
        else { return nil }
        files = items.compactMap { item in
            guard let path = item["path"]?.stringValue, let text = item["text"]?.stringValue else {
                return nil
            }
            return File(path: path, text: text)
        }
    }

    package var sources: [SourceFile] { files.map { SourceFile(path: $0.path, text: $0.text) } }
}
