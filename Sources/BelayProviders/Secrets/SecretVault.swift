package import BelayEngine

/// Secrets that have been resolved: opened by name, and taken out of every text in every form.
package struct SecretVault: SecretOpener {
    private let values: [String: String]
    private let problems: [String: String]
    /// The secrets themselves, longest first, so that no part of a longer one stays.
    private let texts: [(text: EscapedText, mark: [UInt8])]
    /// Derived forms with the mark of their secret, longest first.
    private let forms: [(form: [UInt8], mark: [UInt8])]

    /// - Parameter problems: why the others could not be had, by name.
    package init(values: [String: String], problems: [String: String] = [:]) {
        self.values = values
        self.problems = problems
        texts = values.filter { !$0.value.isEmpty }
            .sorted { ($1.value.utf8.count, $0.key) < ($0.value.utf8.count, $1.key) }
            .map { (EscapedText($0.value), Array("‹secret \($0.key)›".utf8)) }
        let all = values.filter { !$0.value.isEmpty }.flatMap { name, value in
            SecretForms.all(of: value).map { (form: $0, mark: Array("‹secret \(name)›".utf8)) }
        }
        forms = all.sorted { a, b in
            a.form.count == b.form.count
                ? a.mark.lexicographicallyPrecedes(b.mark) : a.form.count > b.form.count
        }
    }

    package func open(_ name: String) throws(SecretError) -> String {
        if let value = values[name] { return value }
        throw SecretError(
            "secret '\(name)': " + (problems[name] ?? "not declared in the environment"))
    }

    package func redact(_ text: String) -> String {
        var bytes = Array(text.utf8)
        let before = bytes
        for entry in texts { bytes = entry.text.replaced(in: bytes, by: entry.mark) }
        for entry in forms { bytes = bytes.replacingAll(entry.form, with: entry.mark) }
        return bytes == before ? text : String(decoding: bytes, as: UTF8.self)
    }
}
