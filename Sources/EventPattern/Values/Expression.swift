internal import Text

/// A compiled RE2 expression, equal to another if its text is.
struct Expression: Hashable, Sendable {
    let text: ByteText
    private let compiled: RegularExpression

    /// RE2's reason for refusing an expression.
    struct Fault: Error {
        let message: String
    }

    init(_ text: String) throws(Fault) {
        self.text = ByteText(text)
        do throws(RegularExpressionError) { compiled = try RegularExpression(text) } catch {
            throw Fault(message: error.message)
        }
    }

    @inline(__always)
    func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        compiled.isFound(in: UnsafeRawBufferPointer(text))
    }

    static func == (left: Expression, right: Expression) -> Bool { left.text == right.text }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
