package import BelayCompiler

/// What one case of a test came to.
package struct CaseReport: Sendable {
    package var file: String
    /// The case's name, with a table row's values in it.
    package var name: String
    package var span: SourceSpan
    package var mismatches: [Mismatch] = []
    /// What is wrong with the test itself: a change without a mock, a value of the wrong type.
    package var problems: [TestProblem] = []
    /// What happened, on virtual time since the case began.
    package var trace: [TraceLine] = []
    /// Expressions that decided, with the value under each part.
    package var drawings: [String] = []
    /// Mocks of the case that nothing asked for.
    package var unusedMocks: [(key: String, span: SourceSpan)] = []
    /// Rules that were taken, by name.
    package var rules: Set<String> = []

    package var passed: Bool { mismatches.isEmpty && problems.isEmpty }

    /// One thing that was expected otherwise.
    package struct Mismatch: Sendable, Hashable {
        /// `rule`, `step clear`, `call 2`, `outcome`.
        package var what: String
        package var expected: String
        package var got: String
        package var span: SourceSpan
        /// Where the mock stands that had to do with it.
        package var mock: SourceSpan?
    }

    /// One line of what happened.
    package struct TraceLine: Sendable, Hashable {
        package var after: Duration
        package var text: String
    }
}
