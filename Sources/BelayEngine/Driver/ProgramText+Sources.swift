package import BelayCompiler
import JSON

extension ProgramText {
    /// The language that these sources were written in; a program that no longer has it asks a person.
    package static let languageRevision = "belay/v1"

    /// The sources of a program as one text.
    package init(_ files: [SourceFile]) {
        let list = files.sorted { $0.path < $1.path }.map { file -> JSONValue in
            [
                "path": .string(file.path),
                "text": .string(String(decoding: file.bytes, as: UTF8.self)),
            ]
        }
        let value: JSONValue = [
            "files": .array(list), "revision": .string(Self.languageRevision),
        ]
        self.init(value.canonicalBytes())
    }

    /// The files again; nil if the text is of another revision or damaged.
    package var files: [SourceFile]? {
        guard let value = try? JSONParser.parse(bytes),
            value["revision"]?.stringValue == Self.languageRevision
        else { return nil }
        return value["files"]?.arrayValue?.compactMap { file in
            guard let path = file["path"]?.stringValue, let text = file["text"]?.stringValue else {
                return nil
            }
            return SourceFile(path: path, text: text)
        }
    }
}
