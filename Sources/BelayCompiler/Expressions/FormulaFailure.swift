/// Why a formula has no value here.
package struct FormulaFailure: Error, Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// It depends on something that is known only when the run gets there.
        case unknown
        case error
    }

    package var kind: Kind
    /// Lower case, without full stop; names the sub-expression.
    package var message: String
    package var span: SourceSpan?

    package init(_ kind: Kind, _ message: String, at span: SourceSpan? = nil) {
        self.kind = kind
        self.message = message
        self.span = span
    }
}
