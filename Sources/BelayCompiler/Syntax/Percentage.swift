/// A share written with its sign: `25%`.
package struct Percentage: Sendable, Hashable {
    /// 25 for `25%`; above 0, at most 100.
    package var value: Double
}
