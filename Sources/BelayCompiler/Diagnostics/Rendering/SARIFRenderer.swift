import JSON

/// Findings as SARIF 2.1.0, for code scanning services.
package struct SARIFRenderer: DiagnosticRenderer {
    package static let format = "sarif"
    private static let schema = "https://json.schemastore.org/sarif-2.1.0.json"

    package init() {}

    package func render(_ diagnostics: [Diagnostic], options: RenderingOptions) -> String {
        let codes = Set(diagnostics.map(\.code)).sorted { $0.code < $1.code }
        let driver: JSONValue = [
            "name": "belay", "version": .string(options.version),
            "rules": .array(codes.map(rule)),
        ]
        let run: JSONValue = [
            "tool": ["driver": driver], "columnKind": "unicodeCodePoints",
            "results": .array(diagnostics.map(result)),
        ]
        let document: JSONValue = [
            "$schema": .string(Self.schema), "version": "2.1.0", "runs": .array([run]),
        ]
        return document.pretty() + "\n"
    }

    private func rule(_ code: DiagnosticCode) -> JSONValue {
        [
            "id": .string(code.code), "name": .string(code.name),
            "shortDescription": ["text": .string(code.summary)],
            "defaultConfiguration": ["level": .string(level(code.severity))],
        ]
    }

    private func result(_ diagnostic: Diagnostic) -> JSONValue {
        let text = ([diagnostic.message] + diagnostic.help.map { "help: \($0)" }).joined(
            separator: "\n")
        var result: JSONObject = [
            "ruleId": .string(diagnostic.code.code), "level": .string(level(diagnostic.severity)),
            "message": ["text": .string(text)],
        ]
        if let primary = diagnostic.primary {
            result["locations"] = .array([location(primary)])
        }
        if !diagnostic.notes.isEmpty {
            result["relatedLocations"] = .array(diagnostic.notes.map(location))
        }
        if let fix = diagnostic.fix { result["fixes"] = .array([self.fix(fix)]) }
        return .object(result)
    }

    private func location(_ label: Diagnostic.Label) -> JSONValue {
        var location: JSONObject = [
            "physicalLocation": [
                "artifactLocation": artifact(label.span.file), "region": region(label.span),
            ]
        ]
        if !label.text.isEmpty { location["message"] = ["text": .string(label.text)] }
        return .object(location)
    }

    private func artifact(_ file: SourceFile) -> JSONValue { ["uri": .string(uri(file.path))] }

    private func region(_ span: SourceSpan) -> JSONValue {
        let (start, end) = (span.position, span.endPosition)
        return [
            "startLine": .integer(Int64(start.line)), "startColumn": .integer(Int64(start.column)),
            "endLine": .integer(Int64(end.line)), "endColumn": .integer(Int64(end.column)),
            "byteOffset": .integer(Int64(span.start)),
            "byteLength": .integer(Int64(span.end - span.start)),
        ]
    }

    private func fix(_ fix: Fix) -> JSONValue {
        var files: [SourceFile] = []
        for edit in fix.edits where !files.contains(edit.span.file) { files.append(edit.span.file) }
        let changes: [JSONValue] = files.map { file in
            let edits = fix.edits.filter { $0.span.file == file }
            return [
                "artifactLocation": artifact(file),
                "replacements": .array(
                    edits.map {
                        [
                            "deletedRegion": region($0.span),
                            "insertedContent": ["text": .string($0.replacement)],
                        ]
                    }),
            ]
        }
        return ["description": ["text": .string(fix.title)], "artifactChanges": .array(changes)]
    }

    private func level(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .info: "note"
        }
    }

    /// The path with all but unreserved characters and `/` percent-encoded.
    private func uri(_ path: String) -> String {
        let hex = Array("0123456789ABCDEF")
        var out = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }
        }
        return out
    }
}
