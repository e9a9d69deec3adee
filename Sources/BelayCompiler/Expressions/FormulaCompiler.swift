import CEL

/// Turns expression texts into formulas and reports what is wrong with them at their own place in the file.
enum FormulaCompiler {
    static func formula(
        _ text: ExpressionText, _ scope: NameScope, wants: ValueShape? = nil,
        _ diagnostics: inout Diagnostics
    ) -> Formula? {
        let tree = CELParser.parse(text.text)
        guard tree.diagnostics.isEmpty else {
            for finding in tree.diagnostics {
                report(finding, .expressionSyntax, text, &diagnostics)
            }
            return nil
        }
        let program: CELProgram
        do throws(CELProgram.Invalid) {
            program = try CELProgram(tree, scope.environment)
        } catch {
            for finding in error.diagnostics {
                report(finding, code(of: finding, text, scope), text, &diagnostics)
            }
            return nil
        }
        guard admits(program.type, wants) else {
            reportType(program.type, wants, text, &diagnostics)
            return nil
        }
        return Formula(source: text, program: program)
    }

    private static func report(
        _ finding: CELDiagnostic, _ code: DiagnosticCode, _ text: ExpressionText,
        _ diagnostics: inout Diagnostics
    ) {
        let fix = finding.fix.map {
            Fix("as proposed", replace: text.span(of: $0.range), with: $0.replacement)
        }
        diagnostics.append(
            Diagnostic(
                code, finding.message.quotedByBackticks, at: text.span(of: finding.range),
                help: finding.help.map { [$0.quotedByBackticks] } ?? [], fix: fix))
    }

    private static func code(
        of finding: CELDiagnostic, _ text: ExpressionText, _ scope: NameScope
    ) -> DiagnosticCode {
        let bytes = Array(text.text.utf8)
        let part = String(
            decoding: bytes[finding.range.clamped(to: 0..<bytes.count)], as: UTF8.self)
        if finding.message.contains("steps has no field"),
            scope.laterSteps.contains(where: { part == $0 || part.hasSuffix(".\($0)") })
        {
            return .outputBeforeStep
        }
        let isName =
            finding.message.hasPrefix("undeclared name")
            || finding.message.contains(" has no field ")
        return isName ? .unknownField : .expressionType
    }

    private static func admits(_ type: CELType, _ wants: ValueShape?) -> Bool {
        guard let wants, type != .dyn else { return true }
        switch (wants, type) {
        case (.any, _), (.text, .string), (.integer, .int), (.integer, .uint), (.boolean, .bool),
            (.list, .list), (.map, .map), (.map, .object), (.timestamp, .timestamp),
            (.duration, .duration), (_, .optional):
            return true
        case (.number, let type): return type.isNumeric
        default: return false
        }
    }

    private static func reportType(
        _ type: CELType, _ wants: ValueShape?, _ text: ExpressionText,
        _ diagnostics: inout Diagnostics
    ) {
        let due = wants?.word ?? "a value"
        let help: [String] =
            switch (wants, type) {
            case (.text?, let type) where type.isNumeric || type == .bool:
                ["write `string(\(text.text))`"]
            case (.boolean?, .string): ["compare it: `\(text.text) == \"…\"`"]
            default: []
            }
        diagnostics.append(
            Diagnostic(
                .expressionType, "expected \(due), `\(text.text)` is \(type.word)", at: text.span,
                label: "this is \(type.word)", help: help))
    }
}

extension ValueShape {
    fileprivate var word: String {
        switch self {
        case .text: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .timestamp: "a timestamp"
        case .duration: "a duration"
        case .list: "a list"
        case .map, .record: "a map"
        case .any: "a value"
        }
    }
}

extension CELType {
    fileprivate var word: String {
        switch self {
        case .string: "text"
        case .int, .uint: "a whole number"
        case .double: "a number"
        case .bool: "true or false"
        case .list: "a list"
        case .map, .object: "a map"
        case .timestamp: "a timestamp"
        case .duration: "a duration"
        case .null: "null"
        default: description
        }
    }
}

extension String {
    /// CEL's messages quote with apostrophes, ours with backticks.
    fileprivate var quotedByBackticks: String {
        guard utf8.count(where: { $0 == UInt8(ascii: "'") }) == 2 else { return self }
        return replacing("'", with: "`")
    }
}
