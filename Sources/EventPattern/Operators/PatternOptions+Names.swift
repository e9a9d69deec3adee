extension PatternOptions {
    /// The operators of the language that these options choose, sorted.
    public var operatorNames: [String] {
        Operators.all.filter { $0.isOffered(self) }.map { $0.name }.sorted()
    }
}
