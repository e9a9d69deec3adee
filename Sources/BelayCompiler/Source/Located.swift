/// A value with the place where the user wrote it, so that every later stage can point at it.
package struct Located<Value> {
    package var value: Value
    package var span: SourceSpan

    package init(_ value: Value, at span: SourceSpan) {
        self.value = value
        self.span = span
    }

    package func map<Other>(_ change: (Value) throws -> Other) rethrows -> Located<Other> {
        Located<Other>(try change(value), at: span)
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
