import Cryptography

/// What a compilation gives: the program if there was no error, and everything found on the way.
package struct Compilation: Sendable {
    /// Nil if any file has an error: nothing is run from such a repository.
    package var program: Program?
    package var syntax: RepositorySyntax
    package var diagnostics: Diagnostics
}

/// Text in, program out; pure.
package enum Compiler {
    /// Compiles a repository's files against the contracts of what providers offer.
    ///
    /// Comments that silence a finding until some day expire by `today`; without it they do not.
    package static func compile(
        _ files: [SourceFile], catalogue: ActionCatalogue, lints: Bool = true,
        today: CivilDate? = nil
    ) -> Compilation {
        var state = CompilerState(catalogue: catalogue, digest: digest(of: files))
        state.files = files
        state.syntax = RepositoryReader.read(files, &state.diagnostics)
        for pass in passes { pass(&state) }
        if lints { LintRules.run(&state, today: today) }
        let program = state.diagnostics.hasErrors ? nil : state.program()
        return Compilation(
            program: program, syntax: state.syntax, diagnostics: state.diagnostics)
    }

    /// Each pass takes what the ones before it left in the state.
    private static let passes: [@Sendable (inout CompilerState) -> Void] = [
        ContractsPass.run, ParamsPass.run, ChainsPass.run, RulesPass.run, EnvironmentsPass.run,
        GuardrailsPass.run, PeoplePass.run,
    ]

    /// SHA-256 over the paths and bytes of all files, in the order of their paths.
    private static func digest(of files: [SourceFile]) -> String {
        var hash = SHA256()
        for file in files.sorted(by: { $0.path < $1.path }) {
            hash.update(Array("\(file.path)\u{0}\(file.bytes.count)\u{0}".utf8))
            hash.update(file.bytes)
        }
        return hash.finalize().hex
    }
}
