import BelayEngine
import Testing

@testable import BelayCompiler

/// What is held back, waits, is repeated or put back, in tests of runbooks: on virtual time, as for real.
@Suite struct HeldBackTests {
    static func report(_ rules: String, _ test: String, environment: String = "") throws
        -> CaseReport
    {
        let runbook = """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: book, owner: platform}
            rules:

            """
        let file = """
            apiVersion: belay/v1
            kind: RunbookTest
            metadata: {name: book}
            clock: 2026-03-01T02:00:00Z
            incidents:
              a: {type: a, target: cache}
              b: {type: b, target: cache}
              c: {type: c, target: api}
            mocks:
              clear_cache: {return: {freed: 1}}
              restart_service: {return: {}}
              notify_human: {return: {delivered: true}}
            cases:
              - name: case

            """
        var files = ["book.yaml": runbook + rules, "book.test.yaml": file + test]
        if !environment.isEmpty {
            files["sim.yaml"] = """
                apiVersion: belay/v1
                kind: Environment
                metadata: {name: simulated}
                mode: auto

                """ + environment
        }
        let compilation = Repository.compile(files)
        let program = try #require(
            compilation.program, "\(compilation.diagnostics.sorted.map(\.message))")
        let test = try #require(compilation.syntax.tests.first)
        return try #require(RunbookTestRunner(program).run(test).first)
    }

    static let clear = "steps: [{id: clear, uses: clear_cache}]"

    /// Rules, a timeline that must pass, and a change to it that must not.
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var rules: String
        var timeline: String
        var replaced: (String, String)
        var environment = ""
        var testDescription: String { name }
    }

    static let examples: [Example] = [
        Example(
            name: "for acts on what lasts",
            rules: "  - {id: r, match: {type: a}, for: 5m, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded, calls: [{clear_cache: {}}]}}

                """, replaced: ("succeeded", "suppressed")),
        Example(
            name: "for leaves alone what ends",
            rules: "  - {id: r, match: {type: a}, for: 5m, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: suppressed, reason: for}}
                      - {at: 4m, incident: {extends: a, status: resolved}}

                """, replaced: ("at: 4m", "at: 6m")),
        Example(
            name: "a queue is waited in",
            rules: """
                  - id: r
                    match: {type: [a, b]}
                    concurrency: {group: all, on_conflict: queue}
                    steps: [{id: clear, uses: clear_cache}, {id: w, wait: 10m}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 1m, incident: b, expect: {outcome: succeeded, steps: {clear: ok, w: ok}}}

                """, replaced: ("outcome: succeeded, steps", "outcome: suppressed, steps")),
        Example(
            name: "skip does nothing and tells",
            rules: """
                  - id: r
                    match: {type: [a, b]}
                    concurrency: {group: all, on_conflict: skip}
                    steps: [{id: clear, uses: clear_cache}, {id: w, wait: 10m}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 1m, incident: b, expect: {outcome: suppressed, reason: concurrency}}

                """, replaced: ("at: 1m", "at: 11m")),
        Example(
            name: "who joins shares the outcome",
            rules: """
                  - id: r
                    match: {type: [a, b]}
                    concurrency: {group: all, on_conflict: join}
                    steps: [{id: clear, uses: clear_cache}, {id: w, wait: 10m}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 1m, incident: b, expect: {rule: r, outcome: joined, reason: succeeded}}

                """, replaced: ("at: 1m", "at: 11m")),
        Example(
            name: "a joined run goes on until all is resolved",
            rules: """
                  - id: r
                    match: {type: [a, b]}
                    concurrency: {group: all, on_conflict: join}
                    steps: [{id: w, wait: 10m}, {id: clear, uses: clear_cache}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 1m, incident: b, expect: {outcome: joined}}
                      - {at: 2m, incident: {extends: a, status: resolved}}

                """,
            replaced: (
                "status: resolved}}",
                "status: resolved}}\n      - {at: 3m, incident: {extends: b, status: resolved}}"
            )),
        Example(
            name: "what a cooldown held back is decided again by itself",
            rules: "  - {id: r, match: {type: [a, b]}, cooldown: {for: 15m}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 5m, incident: b, expect: {outcome: succeeded}}
                      - {at: 20m, incident: c, expect: {rule: none}}

                """, replaced: ("at: 20m", "at: 14m")),
        Example(
            name: "what failed uses up no cooldown",
            rules: "  - {id: r, match: {type: [a, b]}, cooldown: {for: 15m}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: failed}}
                      - {at: 5m, incident: b, expect: {outcome: succeeded}}
                    mocks: {clear_cache: [{throw: denied}, {return: {freed: 1}}]}

                """, replaced: ("[{throw: denied}, {return: {freed: 1}}]", "{return: {freed: 1}}")),
        Example(
            name: "again repeats what has ended",
            rules: "  - {id: r, match: {type: a}, again: {after: 1h, max: 2}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {runs: [{}, {outcome: succeeded}, {}]}}
                      - {at: 5h, incident: c}

                """, replaced: ("at: 5h", "at: 90m")),
        Example(
            name: "who is told that a remedy is held back",
            rules: """
                  - id: r
                    match: {type: [a, b]}
                    cooldown: {for: 15m}
                    on_suppressed: [{uses: notify_human, with: {message: "held back: ${{ suppression.reason }}"}}]
                    steps: [{id: clear, uses: clear_cache}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 5m, incident: b, expect: {outcome: suppressed, calls: [{notify_human: {message: "held back: cooldown"}}]}}

                """, replaced: ("held back: cooldown", "held back: paused")),
        Example(
            name: "what is put back when the source resolves",
            rules: """
                  - id: r
                    match: {type: a}
                    steps: [{id: clear, uses: clear_cache}]
                    after_resolve: [{id: back, uses: restart_service}]
                """,
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 1h, incident: {extends: a, status: resolved}, expect: {rule: r, steps: {back: ok}}}

                """, replaced: ("status: resolved", "status: acknowledged")),
        Example(
            name: "a trigger that comes after its resolve notice",
            rules: "  - {id: r, match: {type: a}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: {extends: a, status: resolved, started_at: "2026-03-01T01:50:00Z"}}
                      - {at: 1m, incident: a, repeat: true, expect: {outcome: suppressed, reason: resolved}}

                """, replaced: ("repeat: true, ", "")),
        Example(
            name: "a storm pauses changes",
            rules: "  - {id: r, match: {type: [a, b, c]}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 10s, incident: c, expect: {outcome: suppressed, reason: storm}}

                """, replaced: ("at: 10s", "at: 2m"),
            environment: "storm: {targets: 2, per: 1m, pause: 15m}"),
        Example(
            name: "the third incident that own changes cause",
            rules: "  - {id: r, match: {type: a}, \(clear)}",
            timeline: """
                      - {at: 0s, incident: a, expect: {outcome: succeeded}}
                      - {at: 2m, incident: a, expect: {outcome: succeeded}}
                      - {at: 4m, incident: a, expect: {outcome: succeeded}}
                      - {at: 6m, incident: a, expect: {outcome: suppressed, reason: loop}}

                """, replaced: ("at: 6m", "at: 20m")),
    ]

    @Test(arguments: examples) func passesAndAChangeIsNoticed(_ example: Example) throws {
        let timeline = "    timeline:\n" + example.timeline
        let report = try Self.report(example.rules, timeline, environment: example.environment)
        #expect(report.passed, "\(report.text)")
        let changed = timeline.replacing(example.replaced.0, with: example.replaced.1)
        #expect(changed != timeline)
        let other = try Self.report(example.rules, changed, environment: example.environment)
        #expect(!other.passed, "\(other.text)")
    }

    @Test func theExamplesAreThere() { #expect(Self.examples.count == 14) }
}
