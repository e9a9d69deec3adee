/// The most that a file may hold; past it is a finding, never a crash and never a long wait.
package enum DocumentBounds {
    /// Bytes of a file.
    package static let bytes = 1 << 20
    /// Lists and maps within one another.
    package static let depth = 32
    /// Nodes of a document, aliases expanded.
    package static let nodes = 100_000
}
