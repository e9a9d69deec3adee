/// What each sub-expression of an evaluation gave.
public struct CELTrace: Sendable {
    /// The value or error of one evaluation of one sub-expression.
    public struct Entry: Sendable {
        /// The sub-expression's bytes.
        public let range: Range<Int>
        /// The bytes under which its value is drawn: the operator, the field, or the whole.
        public let anchor: Range<Int>
        /// What it gave.
        public let result: Result<CELValue, CELError>
        /// Whether it is a literal, whose value needs no telling.
        public let isLiteral: Bool
        /// How many macros are around it: it was perhaps evaluated several times.
        public let loopDepth: Int
    }

    /// The entries in the order in which the evaluations ended; the whole expression is the last.
    public let entries: [Entry]
    /// Whether there were more entries than are kept.
    public let isCut: Bool
}

/// Collects a trace while an expression is evaluated.
final class Tracer {
    static let bound = 2000
    var entries: [CELTrace.Entry] = []
    var isCut = false

    func add(_ entry: CELTrace.Entry) {
        if entries.count < Self.bound { entries.append(entry) } else { isCut = true }
    }
}

/// A node whose results are recorded.
final class TraceNode: Node {
    private let inner: any Node
    private let range: Range<Int>
    private let anchor: Range<Int>
    private let isLiteral: Bool
    private let loopDepth: Int

    init(
        _ inner: any Node, range: Range<Int>, anchor: Range<Int>, isLiteral: Bool, loopDepth: Int
    ) {
        (self.inner, self.range, self.anchor, self.isLiteral) = (inner, range, anchor, isLiteral)
        self.loopDepth = loopDepth
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        do throws(CELError) {
            let value = try inner.evaluate(&frame)
            record(.success(value), frame)
            return value
        } catch {
            record(.failure(error), frame)
            throw error
        }
    }

    private func record(_ result: Result<CELValue, CELError>, _ frame: Frame) {
        let entry = CELTrace.Entry(
            range: range, anchor: anchor, result: result, isLiteral: isLiteral,
            loopDepth: loopDepth)
        frame.tracer?.takeUnretainedValue().add(entry)
    }
}
