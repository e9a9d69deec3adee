import BelayEngine
import Testing

@testable import BelayCompiler

/// Tests of runbooks: what passes, what fails, and what a failure says.
@Suite struct RunbookTestRunnerTests {
    static let head = """
        apiVersion: belay/v1
        kind: RunbookTest
        metadata: {name: cache}
        clock: 2026-03-01T02:00:00Z
        incidents:
          pressure: {type: cache_memory_pressure, priority: critical, target: cache, labels: {env: prod}, metrics: {memory_percent: 97}}
        mocks:
          metrics.query: {return: {value: 92}}
          notify_human: {return: {delivered: true}}
        cases:

        """

    static func reports(_ cases: String, head: String = head, _ more: [String: String] = [:]) throws
        -> [CaseReport]
    {
        var files = ["cache.yaml": Repository.cache, "cache.test.yaml": head + cases]
        files.merge(more) { $1 }
        let compilation = Repository.compile(files)
        let program = try #require(
            compilation.program, "\(compilation.diagnostics.sorted.map(\.message))")
        return compilation.syntax.tests.flatMap { RunbookTestRunner(program).run($0) }
    }

    static let clearing = """
          - name: clearing is enough
            incident: pressure
            mocks: {clear_cache: {return: {freed: 2048}}, metrics.query: [{return: {value: 92}}, {return: {value: 71}}]}
            expect:
              rule: cache-memory-pressure
              steps: {clear: ok, restart: skipped, human: skipped}
              calls: [{clear_cache: {target: cache}}]
              records: [{kind: step.skipped, step: restart, reason: recovered}]
              outcome: resolved

        """

    static let cooldown = """
          - name: cooldown holds for 15 minutes
            mocks: {clear_cache: {return: {freed: 1}}, metrics.query: [{return: {value: 92}}, {return: {value: 71}}, {return: {value: 92}}, {return: {value: 71}}]}
            timeline:
              - {at: 0s, incident: pressure, expect: {outcome: resolved}}
              - {at: 5m, incident: pressure, expect: {outcome: suppressed, reason: cooldown}}
              - {at: 16m, incident: pressure, expect: {rule: cache-memory-pressure, outcome: resolved}}

        """

    static let routing = """
          - name: routing ${{ row.priority }}
            match_only: true
            table: [{priority: critical, rule: cache-memory-pressure}, {priority: low, rule: rest}]
            incident: {extends: pressure, priority: "${{ row.priority }}"}
            expect: {rule: "${{ row.rule }}"}

        """

    @Test func theExamplesOfTheDocumentationPass() throws {
        let reports = try Self.reports(Self.clearing + Self.cooldown + Self.routing)
        #expect(
            reports.map(\.name) == [
                "clearing is enough", "cooldown holds for 15 minutes", "routing critical",
                "routing low",
            ])
        for report in reports { #expect(report.passed, "\(report.text)") }
    }

    @Test(arguments: [
        ("rule: cache-memory-pressure", "rule: rest", "rule"),
        ("restart: skipped", "restart: ok", "step restart"),
        (", human: skipped", "", "step human"),
        ("target: cache}}]", "target: db}}]", "call 1, clear_cache.target"),
        ("calls: [{clear_cache: {target: cache}}]", "calls: []", "call 1"),
        (
            "calls: [{clear_cache: {target: cache}}]",
            "calls: [{clear_cache: {}}, {notify_human: {}}]", "call 2"
        ),
        ("reason: recovered", "reason: resolved", "record 1"),
        ("outcome: resolved", "outcome: failed", "outcome"),
        ("outcome: resolved", "reason: else", "reason"),
    ])
    func whatIsExpectedOtherwiseFails(_ old: String, _ new: String, _ what: String) throws {
        let text = Self.clearing.replacing(old, with: new)
        #expect(text != Self.clearing)
        let report = try #require(try Self.reports(text).first)
        #expect(report.mismatches.map(\.what) == [what], "\(report.text)")
    }

    @Test func aFailureShowsExpectedAndGotAndWhatHappened() throws {
        let text = Self.clearing.replacing("value: 71", with: "value: 85")
        let report = try #require(try Self.reports(text).first)
        #expect(!report.passed)
        let rendered = report.text
        for part in [
            "FAIL  clearing is enough", "expected", "got", "step restart", "skipped", "+15s",
            "85", "its mock at cache.test.yaml", "belay test cache.test.yaml --run",
        ] {
            #expect(rendered.contains(part), "\(part) in \(rendered)")
        }
    }

    @Test func aRuleThatWasNotTakenIsDrawnWithItsValues() throws {
        let text = Self.clearing.replacing(
            "incident: pressure",
            with: "incident: {extends: pressure, metrics: {memory_percent: 42}}")
        let report = try #require(try Self.reports(text).first)
        #expect(report.mismatches.first?.got == "rest")
        #expect(report.drawings.contains { $0.contains("42") }, "\(report.text)")
    }

    @Test(arguments: [
        (
            "clear_cache: {return: {freed: 2048}}, ", "",
            "clear_cache would be called at `clear` and has no mock"
        ),
        ("freed: 2048", "freed: many", "takes a whole number"),
        ("freed: 2048", "fred: 2048", "clear_cache has no output `fred`"),
    ])
    func aTestThatIsWrongSaysSo(_ old: String, _ new: String, _ message: String) throws {
        let text = Self.clearing.replacing(old, with: new)
        #expect(text != Self.clearing)
        let report = try #require(try Self.reports(text).first)
        #expect(report.problems.contains { $0.message.contains(message) }, "\(report.text)")
    }

    static let people = [
        "people.yaml": """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: production, owner: platform}
        mode: auto
        people: {groups: {dba: [ann, bo]}}
        bind:
          clear_cache: {provider: simulated}
          restart_service: {provider: simulated}
          notify_human: {provider: simulated}
          metrics.query: {provider: simulated}
        """,
        "asked.yaml": """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: asked, owner: platform}
        rules:
          - id: ask-first
            match: {type: Asked}
            steps:
              - {id: restart, uses: restart_service, with: {target: cache}, approval: {from: [group/dba]}}
        """,
    ]

    static func asked(_ answer: String, _ end: String) -> String {
        """
          - name: somebody is asked
            incident: {type: Asked, priority: low, target: cache}
            mocks: {restart_service: [{\(answer)}, {return: {}}]}
            expect: {outcome: \(end)}

        """
    }

    @Test(arguments: [
        ("approve: {by: ann}", "succeeded"), ("approve: {}", "succeeded"),
        ("deny: {by: bo}", "denied"),
    ])
    func whoMayAnswerIsHeard(_ answer: String, _ end: String) throws {
        let report = try #require(try Self.reports(Self.asked(answer, end), Self.people).first)
        #expect(report.passed, "\(report.text)")
    }

    @Test func aMockThatAnswersForSomebodyElseSaysWhoMay() throws {
        for answer in ["approve: {by: eve}", "deny: {by: eve}"] {
            let report = try #require(
                try Self.reports(Self.asked(answer, "denied"), Self.people).first)
            #expect(!report.passed)
            #expect(
                report.problems.contains {
                    $0.message.contains("eve may not answer for group/dba: ann, bo may")
                }, "\(report.text)")
        }
    }

    @Test func failuresHangsAndPlaces() throws {
        let reports = try Self.reports(
            """
              - name: a hang is a time-out and the ladder goes on
                incident: pressure
                mocks:
                  clear_cache: {hang: 10m}
                  restart_service: {throw: denied}
                  metrics.query@until: {return: {value: 99}}
                expect:
                  steps: {clear: timed_out, restart: failed, human: ok}
                  calls: [{clear_cache: {}}, {restart_service: {}}, {notify_human: {}}]
                  outcome: failed
                  reason: not_recovered
              - name: the source resolves
                timeline:
                  - {at: 0s, incident: pressure, expect: {outcome: resolved, reason: source_resolved, steps: {clear: ok, restart: skipped, human: ok}}}
                  - {at: 20s, incident: {extends: pressure, status: resolved}, expect: {rule: none}}
                mocks: {clear_cache: {return: {freed: 1}}}
              - name: a repeat is not handled twice
                timeline:
                  - {at: 0s, incident: pressure, expect: {outcome: resolved}}
                  - {at: 20m, incident: pressure, repeat: true, expect: {outcome: suppressed, reason: already_handled}}
                mocks: {clear_cache: {return: {freed: 1}}, metrics.query: [{return: {value: 92}}, {return: {value: 71}}]}

            """)
        for report in reports { #expect(report.passed, "\(report.text)") }
        #expect(reports.count == 3)
    }

    @Test func aThresholdThatIsShiftedIsNoticed() throws {
        let shifted = Repository.cache.replacing(">= 90.0", with: ">= 98.0")
        let reports = try Self.reports(Self.clearing, ["cache.yaml": shifted])
        #expect(reports.first?.passed == false)
    }

    @Test func onlyIsolatesRunbooks() throws {
        let other = """
            apiVersion: belay/v1
            kind: Runbook
            metadata: {name: aaa}
            rules:
              - id: first
                match: {target: cache}
                precedence: 5
                steps: [{id: tell, uses: notify_human}]
            """
        let shadowed = try Self.reports(Self.clearing, ["aaa.yaml": other])
        #expect(shadowed.first?.mismatches.first?.got == "first")
        let head = Self.head.replacing("clock:", with: "only: [cache.yaml]\nclock:")
        let isolated = try Self.reports(Self.clearing, head: head, ["aaa.yaml": other])
        #expect(isolated.first?.passed == true, "\(isolated.first?.text ?? "")")
    }
}
