/// Who says something to the engine, and whether that is proven.
///
/// A name alone is a claim of whoever may speak for the daemon or open the journal; a token of one's own proves it.
package struct Person: Sendable, Hashable {
    package var name: String
    /// Whether a token of this person's own was shown.
    package var isProven: Bool

    package init(_ name: String, isProven: Bool = false) {
        self.name = name
        self.isProven = isProven
    }
}

extension Person: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) { self.init(name) }
}

extension Person: CustomStringConvertible {
    package var description: String { name }
}

extension Person {
    /// How the name is known, as records have it: `token` or `claim`.
    package var proof: String { isProven ? Self.token : "claim" }

    package static let token = "token"
}
