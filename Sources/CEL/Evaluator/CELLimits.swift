/// What one evaluation may use.
public struct CELLimits: Sendable {
    /// The cost budget. Units: 1 for a name, a selection or a call, 10 for a list literal, 30 for a
    /// map literal, a tenth for each character that is read, and what loops over lists add up to.
    public var cost: Int
    /// The most elements of a list or map that an expression builds.
    public var elements: Int
    /// The most bytes of a text that an expression builds.
    public var textBytes: Int

    /// Limits; a million units are about 0.05 s.
    public init(cost: Int = 1_000_000, elements: Int = 100_000, textBytes: Int = 1 << 20) {
        self.cost = cost
        self.elements = elements
        self.textBytes = textBytes
    }

    /// The limits that apply unless said otherwise.
    public static let standard = CELLimits()
}
