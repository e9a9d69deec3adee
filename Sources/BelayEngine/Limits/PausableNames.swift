package import BelayCompiler

/// The names that a pause may give, as a program and its environments have them: a pause of a slip of the fingers holds
/// back nothing that was meant.
package struct PausableNames: Sendable {
    private let runbooks: Set<String>
    /// Nil where any target will do.
    private let targets: Set<String>?
    private let providers: Set<String>
    /// What they are called in a warning.
    private let program: String
    private let environment: String

    /// Those of a program in the environment in which it is carried out.
    package init(_ program: Program, in environment: EnvironmentProgram) {
        self.init(
            program, [environment], "the program", "environment \(environment.name)")
    }

    /// Those of the program that the newest run began with, in whichever of its environments that was.
    package init(ofNewestRun program: Program) {
        let words = "the newest run's program"
        self.init(
            program, Array(program.environments.values), words, "any environment of \(words)")
    }

    private init(
        _ program: Program, _ environments: [EnvironmentProgram], _ programWords: String,
        _ environmentWords: String
    ) {
        runbooks = Set(program.rules.map(\.runbook.name))
        let listing = environments.filter(\.requiresTargets)
        targets = listing.isEmpty ? nil : Set(listing.flatMap { $0.targets.keys })
        providers = Set(environments.flatMap { $0.bindings.values.map(\.provider) })
        self.program = programWords
        self.environment = environmentWords
    }

    /// What to say of a pause that names what is not here, with the name that may have been meant; nil if it is here.
    package func warning(of scope: Pause.Scope) -> String? {
        switch scope {
        case .everything, .changes: nil
        case .runbook(let name):
            warning(name, runbooks, "no runbook \"\(name)\" is in \(program)")
        case .target(let name):
            targets.flatMap { known in
                warning(name, known, "no target \"\(name)\" is in \(environment)")
            }
        case .provider(let name):
            warning(name, providers, "no provider \"\(name)\" is bound in \(environment)")
        }
    }

    private func warning(_ name: String, _ known: Set<String>, _ finding: String) -> String? {
        guard !known.contains(name) else { return nil }
        let near = Suggestion.nearest(to: name, in: known.sorted())
        return finding + (near.map { "; did you mean \"\($0)\"?" } ?? ".")
            + " The pause is in force all the same"
    }
}
