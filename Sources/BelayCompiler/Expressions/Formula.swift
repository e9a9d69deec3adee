package import CEL
package import JSON

/// A CEL text of a runbook, checked and planned once; immutable.
package struct Formula: Sendable {
    package let source: ExpressionText
    private let program: CELProgram

    init(source: ExpressionText, program: CELProgram) {
        self.source = source
        self.program = program
    }

    package var text: String { source.text }
    package var span: SourceSpan { source.span }

    /// Whether it names `success()`, `failure()` or `always()`.
    package var namesStatus: Bool {
        StatusFunction.allCases.contains { program.calls($0.rawValue) }
    }

    /// Paths that it reads, such as `steps.clear.output`.
    package var paths: [String] { program.paths.map(\.text) }

    package func value(in scope: Scope) -> Result<JSONValue, FormulaFailure> {
        evaluate(in: scope).flatMap { value in
            guard let json = value.json else {
                return .failure(FormulaFailure(.error, "`\(text)` gives no JSON value", at: span))
            }
            return .success(json)
        }
    }

    /// The value, which must be a boolean.
    package func holds(in scope: Scope) -> Result<Bool, FormulaFailure> {
        evaluate(in: scope).flatMap { value in
            guard let truth = value.truth else {
                let message = "`\(text)` is neither true nor false"
                return .failure(FormulaFailure(.error, message, at: span))
            }
            return .success(truth)
        }
    }

    private func evaluate(in scope: Scope) -> Result<CELValue, FormulaFailure> {
        switch program.evaluate(activation(scope)) {
        case .success(.unknown(let unknown)):
            let paths = unknown.paths.joined(separator: ", ")
            return .failure(FormulaFailure(.unknown, "needs \(paths)", at: span))
        case .success(let value): return .success(value)
        case .failure(let error):
            return .failure(FormulaFailure(.error, error.message, at: source.span(of: error.range)))
        }
    }

    private func activation(_ scope: Scope) -> CELActivation {
        var activation = CELActivation(program.environment)
        for name in program.referencedNames {
            if let value = scope.celValue(of: name) { activation.bind(name, value) }
        }
        StatusFunction.bind(scope, &activation)
        return activation
    }
}

// MARK: - Explaining

extension Formula {
    /// The text with the values of its parts drawn below it, several lines.
    package func drawing(in scope: Scope) -> String {
        program.explain(activation(scope)).trace.drawing(text)
    }

    /// On one line, with each field replaced by the value that it had: `97.0 >= 90.0`.
    package func drawn(in scope: Scope) -> String {
        let trace = program.explain(activation(scope)).trace
        var edits: [(range: Range<Int>, text: String)] = []
        for path in program.paths {
            let entry = trace.entries.last { $0.range == path.range && $0.loopDepth == 0 }
            if case .success(let value)? = entry?.result {
                edits.append((path.range, value.summary(40)))
            }
        }
        var bytes = Array(text.utf8)
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            bytes.replaceSubrange(edit.range, with: Array(edit.text.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Comparisons of incident fields with constants that must all hold, as far as the text is a conjunction of them.
    package var conjuncts: (comparisons: [CELProgram.Conjunct], isComplete: Bool) {
        program.conjuncts
    }
}

/// Functions that ask how the chain stands, and `window`.
private enum StatusFunction: String, CaseIterable {
    case success
    case failure
    case always

    static func bind(_ scope: Scope, _ activation: inout CELActivation) {
        let failed = scope.status.failed
        let windows = scope.openWindows
        activation.bind(function: "success") { _ in .bool(!failed) }
        activation.bind(function: "failure") { _ in .bool(failed) }
        activation.bind(function: "always") { _ in .bool(true) }
        activation.bind(function: "window") { arguments throws(CELError) in
            guard let name = arguments.first?.text else {
                throw CELError(.invalidArgument, "window() takes a name")
            }
            return .bool(windows.contains(name))
        }
    }
}
