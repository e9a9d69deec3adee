/// RB4003: a chain that nothing uses.
enum UnusedChain: LintRule {
    static let code = DiagnosticCode.unusedChain

    static func check(_ program: LintedProgram, _ report: (Diagnostic) -> Void) {
        for runbook in program.syntax.runbooks {
            for chain in runbook.chains {
                let key = CompilerState.ChainKey(path: runbook.file.path, name: chain.name.value)
                guard !program.usedChains.contains(key), !isImported(runbook, program) else {
                    continue
                }
                report(
                    Diagnostic(
                        code, "nothing uses chain `\(chain.name.value)`", at: chain.name.span,
                        help: ["call it with `uses: chain/\(chain.name.value)`, or remove it"]))
            }
        }
    }

    private static func isImported(_ runbook: RunbookFile, _ program: LintedProgram) -> Bool {
        program.syntax.runbooks.flatMap(\.imports).contains {
            runbook.file.path.hasSuffix($0.value)
        }
    }
}
