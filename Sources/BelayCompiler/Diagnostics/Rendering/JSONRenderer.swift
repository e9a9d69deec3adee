package import JSON

/// Findings for programs; within a major of `schema_version` members are only added.
///
/// Shape: `{schema_version, diagnostics: [{code, name, severity, message, place?, notes, help, fix?}], summary}`; a
/// place is `{path, line, column, end_line, end_column, start, end, label}`, lines and columns from 1, columns in
/// code points, `start` and `end` in bytes.
package struct JSONRenderer: DiagnosticRenderer {
    package static let format = "json"
    package static let schemaVersion = "1.0"

    package init() {}

    package func render(_ diagnostics: [Diagnostic], options: RenderingOptions) -> String {
        value(diagnostics).pretty() + "\n"
    }

    /// The document as a value, for commands that put it into a larger one.
    package func value(_ diagnostics: [Diagnostic]) -> JSONValue {
        [
            "schema_version": .string(Self.schemaVersion),
            "diagnostics": .array(diagnostics.map(Self.entry)),
            "summary": .object(
                JSONObject(
                    Diagnostic.Severity.allCases.map { severity in
                        (
                            severity.rawValue,
                            .integer(Int64(diagnostics.count { $0.severity == severity }))
                        )
                    })),
        ]
    }

    private static func entry(_ diagnostic: Diagnostic) -> JSONValue {
        var entry: JSONObject = [
            "code": .string(diagnostic.code.code),
            "name": .string(diagnostic.code.name),
            "severity": .string(diagnostic.severity.rawValue),
            "message": .string(diagnostic.message),
        ]
        entry["place"] = diagnostic.primary.map(place)
        entry["notes"] = .array(diagnostic.notes.map(place))
        entry["help"] = .array(diagnostic.help.map { .string($0) })
        entry["fix"] = diagnostic.fix.map(fix)
        return .object(entry)
    }

    private static func place(_ label: Diagnostic.Label) -> JSONValue {
        var place = range(label.span)
        place["label"] = .string(label.text)
        return .object(place)
    }

    private static func range(_ span: SourceSpan) -> JSONObject {
        let (start, end) = (span.position, span.endPosition)
        return [
            "path": .string(span.file.path),
            "line": .integer(Int64(start.line)), "column": .integer(Int64(start.column)),
            "end_line": .integer(Int64(end.line)), "end_column": .integer(Int64(end.column)),
            "start": .integer(Int64(span.start)), "end": .integer(Int64(span.end)),
        ]
    }

    private static func fix(_ fix: Fix) -> JSONValue {
        let edits: [JSONValue] = fix.edits.map { edit in
            var object = range(edit.span)
            object["replacement"] = .string(edit.replacement)
            return .object(object)
        }
        return ["title": .string(fix.title), "edits": .array(edits)]
    }
}
