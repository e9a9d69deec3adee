import BelayCompiler

/// A text in which `⟦` and `⟧` mark a span: the text without the marks, and where they stood in bytes.
struct MarkedText {
    let text: String
    let range: Range<Int>

    init(_ marked: String) {
        let parts = marked.split(separator: "⟦", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts[1].split(separator: "⟧", maxSplits: 1, omittingEmptySubsequences: false)
        text = String(parts[0] + rest[0] + rest[1])
        let start = parts[0].utf8.count
        range = start..<start + rest[0].utf8.count
    }

    var file: SourceFile { SourceFile(path: "x.yaml", text: text) }
}
