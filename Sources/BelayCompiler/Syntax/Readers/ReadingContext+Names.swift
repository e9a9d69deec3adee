extension ReadingContext {
    /// Reports each name that an earlier one has already; both places are shown.
    func checkUnique(_ names: [Located<String>], _ what: String, help: [String] = []) {
        guard names.count > 1 else { return }
        var seen: [KeyBytes: SourceSpan] = [:]
        for name in names {
            let key = KeyBytes(text: name.value)
            if let first = seen[key] {
                report(
                    .duplicateName, "there are two \(what)s `\(name.value)`", at: name.span,
                    label: "named again here",
                    notes: [Diagnostic.Label(first, "first named here")], help: help)
            } else {
                seen[key] = name.span
            }
        }
    }
}
