/// A certain cure for a finding: replacements in the text, applied together.
package struct Fix: Sendable, Hashable {
    /// One replacement; an empty span puts something in.
    package struct Edit: Sendable, Hashable {
        package var span: SourceSpan
        package var replacement: String

        package init(_ span: SourceSpan, _ replacement: String) {
            self.span = span
            self.replacement = replacement
        }
    }

    /// What it does, in the imperative: `quote the expression`.
    package var title: String
    /// Edits that do not overlap.
    package var edits: [Edit]

    package init(_ title: String, _ edits: [Edit]) {
        self.title = title
        self.edits = edits
    }

    package init(_ title: String, replace span: SourceSpan, with replacement: String) {
        self.init(title, [Edit(span, replacement)])
    }
}

extension Fix {
    /// The file's bytes after the fixes; a fix that overlaps an earlier one is left out.
    package static func apply(_ fixes: [Fix], to file: SourceFile) -> [UInt8] {
        var taken: [Edit] = []
        for fix in fixes {
            let edits = fix.edits.filter { $0.span.file == file }
            let free = edits.allSatisfy { edit in !taken.contains { $0.overlaps(edit) } }
            if free { taken += edits }
        }
        var bytes = file.bytes
        for edit in taken.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(edit.span.range, with: edit.replacement.utf8)
        }
        return bytes
    }
}

extension Fix.Edit {
    fileprivate func overlaps(_ other: Fix.Edit) -> Bool {
        span.start == other.span.start
            || (span.start < other.span.end && other.span.start < span.end)
    }
}
