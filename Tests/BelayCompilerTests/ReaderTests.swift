import Foundation
import JSON
import Testing

@testable import BelayCompiler

/// What the readers make of files in which every key is used.
struct ReaderTests {
    static let folder = FrontFixtures.folder.appending(path: "valid")

    private func repository() throws -> RepositorySyntax {
        let names = try FrontFixtures.names(in: Self.folder, ending: ".yaml")
        #expect(names.count == 7)
        var diagnostics = Diagnostics()
        let files = try names.map { name in
            SourceFile(
                path: name,
                bytes: try FrontFixtures.bytes(Self.folder.appending(path: name + ".yaml")))
        }
        let repository = RepositoryReader.read(files, &diagnostics)
        #expect(
            diagnostics.isEmpty,
            "\(HumanRenderer().render(diagnostics.sorted, options: RenderingOptions()))")
        return repository
    }

    @Test func everythingIsRead() throws {
        let repository = try repository()
        #expect(repository.runbooks.map(\.metadata.name.value) == ["full", "cache", "shortest"])
        #expect(repository.actions.count == 1 && repository.guardrails.count == 1)
        #expect(repository.environments.count == 1 && repository.tests.count == 1)
    }

    @Test func aRunbook() throws {
        let runbook = try #require(try repository().runbooks.first)
        #expect(runbook.params.map(\.name.value) == ["by", "name"])
        #expect(runbook.params[0].allowed.map(\.constantValue) == [50, 100])
        #expect(runbook.defaults?.timeout?.value == .seconds(30))
        #expect(runbook.defaults?.mode?.value == .suggest)
        #expect(runbook.imports.map(\.value) == ["shared/notify.yaml"])
        #expect(runbook.chains.map(\.name.value) == ["page"])
        #expect(runbook.chains[0].outputs.map(\.name.value) == ["delivered"])
        #expect(runbook.rules.map(\.id.value) == ["everything", "or"])
    }

    @Test func aRule() throws {
        let rules = try #require(try repository().runbooks.first).rules
        let rule = rules[0]
        #expect(rule.precedence?.value == -5)
        #expect(
            rule.when?.text == "incident.metrics.x > 1.0" && rule.holdFor?.value == .seconds(300))
        #expect(
            rule.catchAll?.value == true && rule.continues?.value == true
                && rule.mode?.value == .auto)
        #expect(rule.target?.whole?.text == "incident.labels.instance")
        #expect(rule.cooldown?.length.value == .seconds(900))
        #expect(rule.concurrency?.onConflict?.value == .skip)
        guard case .percent(let share, let population)? = rule.blastRadius?.bound else {
            Issue.record("no share")
            return
        }
        #expect(share.value.value == 12.5 && population.value == "api")
        #expect(rule.again?.max?.value == 3)
        guard case .ask(let ask)? = rule.until else {
            Issue.record("no question")
            return
        }
        #expect(ask.expect.text == "result.value < 80.0" && ask.after?.value == .seconds(30))
        #expect(rule.deadline?.value == .seconds(7_200))
        #expect(rule.onResolve?.value == .finish && rule.onAcknowledge?.value == .stop)
        #expect(
            rule.onFailure?.count == 1 && rule.onSuppressed?.count == 1
                && rule.afterResolve?.count == 1)
        #expect(rule.keys["deadline"]?.text == "deadline")
        #expect(
            rules[1].match?["$or"]?.items?.count == 2 && rules[1].holdFor?.value == .seconds(600))
    }

    @Test func steps() throws {
        let steps = try #require(try repository().runbooks.first).rules[0].steps
        #expect(
            steps.map(\.effectiveID.value) == [
                "clear", "both", "each", "listed", "wait", "go", "quiet",
            ])
        let clear = steps[0]
        #expect(
            clear.condition?.text == "!steps.deploys.ok" && clear.continueOnError?.value == true)
        #expect(
            clear.retry?.attempts.value == 3
                && clear.retry?.jitter?.value == RetrySyntax.Jitter.none)
        #expect(clear.retry?.errors?.map(\.value) == ["unavailable", "unverified"])
        #expect(clear.approval?.from?.map(\.value) == ["group/dba"])
        #expect(
            clear.verify?.uses.uses.value == "metrics.query"
                && clear.rollback?.timeout?.value == .seconds(180))
        #expect(steps[1].branches.map(\.effectiveID.value) == ["redis_info", "page"])
        #expect(steps[2].parallelism?.value == 3 && steps[2].maxItems?.value == 20)
        #expect(steps[3].forEach?.constantValue == ["a", "b"])
        guard case .waitFor(.ask(let ask)) = steps[6].kind else {
            Issue.record("no question")
            return
        }
        #expect(ask.expect.text == "result.value == 0.0")
    }

    @Test func anEnvironment() throws {
        let environment = try #require(try repository().environments.first)
        let restart = environment.bind[1]
        #expect(
            restart.operation?.value == "restart"
                && restart.settings.map(\.name.value) == ["cluster", "service"])
        #expect(restart.recovery?.value == .idempotent && restart.maxInFlight?.value == 4)
        #expect(environment.secrets.map(\.name.value) == ["REDIS_PASSWORD", "TOKEN", "KEY"])
        #expect(environment.limits?.maxRuns?.count.value == 20)
        #expect(environment.params.map(\.name.value) == ["database.by"])
        #expect(environment.sources[0].metrics[0].expression.text == "double(annotations.value)")
        #expect(environment.people?.groups[0].members.map(\.value) == ["ann", "bo"])
        #expect(environment.windows[0].length.value == .seconds(216_000))
        #expect(environment.account?.value == "123456789012")
        #expect(environment.http?.hosts.map(\.value) == ["api.example.com"])
        #expect(
            environment.anchors.map(\.place.value) == [
                AnchorPlace(kind: .file, place: "/mnt/worm/belay.checkpoints"),
                AnchorPlace(kind: .http, place: "https://anchor.example.com/belay"),
                AnchorPlace(kind: .git, place: "/srv/anchors"),
            ])
        #expect(environment.anchors.map(\.every?.value) == [nil, .seconds(1800), .seconds(86_400)])
        #expect(environment.anchors.map(\.token?.value) == [nil, "TOKEN", nil])
    }

    @Test func actionsAndGuardrails() throws {
        let repository = try repository()
        let action = repository.actions[0].actions[0]
        #expect(
            action.effect.value == .change && action.undo == nil
                && action.probe?.value == "metrics.query")
        #expect(
            action.inputs.map(\.name.value) == ["target", "scope"]
                && action.inputs[0].required?.value == true)
        #expect(repository.actions[0].actions[1].undo?.value == "scale.down")
        #expect(repository.guardrails[0].guardrails[0].effects.map(\.value) == [.notify])
    }

    @Test func aTest() throws {
        let test = try #require(try repository().tests.first)
        #expect(test.clock?.value == Timestamp(rfc3339: "2026-03-01T02:00:00Z"))
        #expect(test.incidents[1].incident.extends?.value == "pressure")
        #expect(test.cases.map(\.name.text)[0] == "clearing is enough")
        #expect(test.cases[0].mocks[1].replies.count == 2)
        #expect(test.cases[0].expect?.steps?.map(\.id.value) == ["clear", "restart", "human"])
        let mocks = test.cases[1].mocks
        #expect(mocks[1].place?.value == "until" && mocks[0].replies[0].after?.value == .seconds(1))
        guard case .approve(let by) = mocks[2].replies[0].answer else {
            Issue.record("no approval")
            return
        }
        #expect(by?.value == "ann" && mocks[2].replies[0].after?.value == .seconds(120))
        #expect(test.cases[1].timeline.map(\.at.value) == [.zero, .seconds(300), .seconds(960)])
        #expect(test.cases[2].table.count == 2 && test.cases[2].matchOnly?.value == true)
    }

    /// One file with a mistake leaves the others standing, and findings come sorted over all files.
    @Test func allFilesAreReadWhateverIsWrongInOne() {
        let files = [
            SourceFile(path: "b.yaml", text: runbookHead + "rules: {}\nrulez: 1\n"),
            SourceFile(path: "a.yaml", text: "a: [\n"),
            SourceFile(path: "c.yaml", text: runbookHead + "rules: []\n"),
        ]
        var diagnostics = Diagnostics()
        let repository = RepositoryReader.read(files, &diagnostics)
        #expect(repository.runbooks.count == 2)
        #expect(
            diagnostics.sorted.map { "\($0.code.code) \($0.primary!.span)" } == [
                "RB1001 a.yaml:2:1", "RB1021 b.yaml:4:8", "RB1003 b.yaml:5:1", "RB1025 c.yaml:3:18",
            ])
    }
}
