/// Turns expression texts into formulas and reports what is wrong with them at their own place in the file.
enum FormulaCompiler {
    static func formula(
        _ text: ExpressionText, _ scope: NameScope, wants: Shape? = nil, _ diagnostics: inout Diagnostics
    ) -> Formula? {
        fatalError()
    }
}
