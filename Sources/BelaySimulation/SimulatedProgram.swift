package import BelayCompiler
import BelayEngine
import JSON

/// The runbooks of the simulation: between them, every construct that can be interrupted.
package enum SimulatedProgram {
    static let files = [
        SourceFile(path: "runbooks/all.yaml", text: runbook),
        SourceFile(path: "runbooks/environments/sim.yaml", text: environment),
    ]

    static let types = [
        "ladder", "verified", "undone", "each", "branches", "consent", "once", "plain", "watched",
        "queued", "joined", "skipped", "held", "back", "signalled", "source",
    ]

    /// The compiled program, or what is wrong with it.
    package static func compile() -> Compilation {
        Compiler.compile(files, catalogue: catalogue, lints: false)
    }

    /// A runbook's rules in the simulation's environment, with more of the latter, for tests of single constructs.
    package static func compile(rules: String, environment more: String = "") -> Compilation {
        let head = """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: all, owner: ops}
            rules:

            """
        return Compiler.compile(
            [
                SourceFile(path: "runbooks/all.yaml", text: head + rules),
                SourceFile(
                    path: "runbooks/environments/sim.yaml", text: environment + "\n" + more),
            ], catalogue: catalogue, lints: false)
    }

    package static let contract = ProviderContract(
        "faulty", description: "Fails as the seed says.",
        operations: ["look", "keyed", "same", "only", "tell"].map { name in
            OperationContract(name, action: actions[name] ?? look, serves: [name])
        })

    private static let target = InputContract(
        "target", .string, required: true, standard: "${{ run.target }}")
    private static let look = action("look", .read, .pure)

    private static let actions: [String: ActionContract] = [
        "look": look, "keyed": action("keyed", .change, .keyed),
        "same": action("same", .change, .idempotent), "only": action("only", .change, .once),
        "tell": action("tell", .notify, .idempotent),
    ]

    private static func action(
        _ name: String, _ effect: BelayCompiler.Effect, _ recovery: RecoveryClass
    ) -> ActionContract {
        ActionContract(
            "faulty.\(name)", description: "Fails as the seed says.", effect: effect,
            recovery: recovery, inputs: effect.isChange ? [target] : [],
            outputs: effect == .read ? [OutputContract("value", .number)] : [],
            timeout: .seconds(20))
    }

    private static let catalogue = ActionCatalogue(
        capabilities: [],
        providers: [
            contract,
            ProviderContract(
                "simulated", description: "Nothing.",
                operations: [
                    OperationContract(
                        "perform",
                        action: ActionContract(
                            "simulated.perform", description: "Nothing.", effect: .read,
                            recovery: .pure, timeout: .seconds(30)), serves: ["*"])
                ]),
        ])

    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: sim}
        mode: auto
        bind:
          faulty.look: {provider: faulty, operation: look}
          faulty.keyed: {provider: faulty, operation: keyed}
          faulty.same: {provider: faulty, operation: same}
          faulty.only: {provider: faulty, operation: only}
          faulty.tell: {provider: faulty, operation: tell}
        targets: {one: {}, two: {}}
        people: {groups: {ops: [ann, bo]}}
        """

    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: all, owner: ops}
        rules:
          - id: ladder
            match: {type: ladder}
            until: {uses: faulty.look, with: {}, expect: result.value < 30.0, every: 15s, within: 30s}
            steps: [{id: a, uses: faulty.same}, {id: b, uses: faulty.only}, {id: t, uses: faulty.tell}]
            on_failure: [{id: h, uses: faulty.tell}]
          - id: verified
            match: {type: verified}
            steps:
              - id: a
                uses: faulty.only
                retry: {attempts: 3, initial: 2s}
                verify: {uses: faulty.look, with: {}, expect: result.value < 50.0, every: 10s, within: 20s}
              - {id: b, uses: faulty.keyed, retry: {attempts: 2}}
          - id: undone
            match: {type: undone}
            steps:
              - {id: a, uses: faulty.keyed, rollback: {uses: faulty.same}}
              - {id: b, uses: faulty.same, rollback: {uses: faulty.only}}
              - {id: c, uses: faulty.same, if: "steps.a.ok"}
              - {id: d, uses: faulty.only}
            on_failure: [{id: h, uses: faulty.tell}]
          - id: each
            match: {type: each}
            steps:
              - id: a
                for_each: "${{ incident.details.nodes }}"
                parallel: 2
                uses: faulty.keyed
                continue_on_error: true
              - {id: b, wait: 45s}
              - {id: c, uses: faulty.same}
          - id: branches
            match: {type: branches}
            steps:
              - id: p
                parallel:
                  - {id: x, uses: faulty.same}
                  - {id: y, uses: faulty.only}
                  - {id: z, uses: faulty.look}
              - {id: t, uses: faulty.tell, if: always()}
          - id: consent
            match: {type: consent}
            steps:
              - {id: a, uses: faulty.same, approval: {from: [group/ops], timeout: 10m}}
              - {id: b, uses: faulty.only}
          - id: once
            match: {type: once}
            steps: [{id: a, uses: faulty.only}, {id: b, uses: faulty.only}, {id: c, uses: faulty.tell}]
          - id: watched
            match: {type: watched}
            mode: observe
            steps: [{id: never, uses: faulty.same}, {id: nobody, uses: faulty.tell}]
          - id: queued
            match: {type: queued}
            concurrency: {group: "queue", on_conflict: queue}
            steps: [{id: a, uses: faulty.same}, {id: b, wait: 20s}, {id: c, uses: faulty.only}]
          - id: joined
            match: {type: joined}
            concurrency: {group: "join/${{ incident.target }}", on_conflict: join}
            until: {uses: faulty.look, with: {}, expect: result.value < 20.0, every: 10s, within: 40s}
            steps: [{id: a, uses: faulty.keyed}, {id: b, uses: faulty.only}]
          - id: skipped
            match: {type: skipped}
            concurrency: {group: "skip", on_conflict: skip}
            on_suppressed: [{id: t, uses: faulty.tell}]
            steps: [{id: a, uses: faulty.same}, {id: b, wait: 40s}]
          - id: held
            match: {type: held}
            for: 30s
            cooldown: {for: 2m}
            on_suppressed: [{id: t, uses: faulty.tell}]
            steps: [{id: a, uses: faulty.only}]
          - id: back
            match: {type: back}
            again: {after: 2m, max: 2}
            on_resolve: finish
            steps: [{id: a, uses: faulty.keyed}, {id: b, wait: 15s}]
            after_resolve: [{id: r, uses: faulty.same}]
          - id: signalled
            match: {type: signalled}
            on_acknowledge: stop
            steps: [{id: w, wait_for: {signal: go, within: 2m}}, {id: a, uses: faulty.same, if: always()}]
          - id: source
            match: {type: source}
            until: resolved
            steps: [{id: a, uses: faulty.same}, {id: b, uses: faulty.only}]
          - id: plain
            match: {type: plain}
            cooldown: {for: 1m}
            steps: [{id: a, uses: faulty.look}, {id: b, uses: faulty.same}, {id: c, uses: faulty.keyed}]
        """
}
