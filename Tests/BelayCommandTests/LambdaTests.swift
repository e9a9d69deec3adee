import Foundation
import Testing

/// The chain in the environment `lambda`: the functions are invoked as their contract says, and each way in which
/// they can fail takes the path that the runbook names.
@Suite struct LambdaTests {
    private static let delivery = Repository.runbooks + "/incidents/redis-memory-high.json"

    /// What one run against a backend said, and what the backend saw.
    struct Outcome {
        var answer: Belay.Answer
        var invocations: [Backend.Invocation]
        var trail: String
        var functions: [String] {
            invocations.map { String($0.function.dropFirst("incident-".count)) }
        }
    }

    private func run(
        _ modes: [String: String], repository: String = Repository.root.path
    ) async throws -> Outcome {
        let folder = try Folder()
        let backend = try Backend(modes)
        let answer = try await Belay.run(
            ["run", "-i", Self.delivery, "--repo", repository, "--env", "lambda"], in: folder,
            variables: backend.variables)
        let trail = try await Belay.run("audit", "show", in: folder)
        let verified = try await Belay.run("audit", "verify", in: folder)
        #expect(verified.status == 0, "\(verified.output)")
        let invocations = try backend.invocations()
        #expect(invocations.allSatisfy { $0.isSigned })
        return Outcome(answer: answer, invocations: invocations, trail: trail.output)
    }

    @Test func theFunctionsAreInvokedByTheirContract() async throws {
        let outcome = try await run([:])
        #expect(outcome.answer.status == 0, "\(outcome.answer.output)\(outcome.answer.errors)")
        #expect(outcome.functions == ["clear-cache", "restart-service", "notify-human"])
        for invocation in outcome.invocations {
            let payload = invocation.payload
            let targets = ["incident-clear-cache": "cache", "incident-restart-service": "api"]
            if let target = targets[invocation.function] {
                #expect(payload["target"] as? String == target)
            }
            #expect(payload["priority"] as? String == "critical")
            #expect((payload["incidentId"] as? String)?.isEmpty == false)
            let details = try #require(payload["incidentDetails"] as? [String: Any])
            #expect((details["title"] as? String)?.contains("Redis") == true)
        }
        #expect(
            outcome.invocations.map { $0.payload["action"] as? String ?? "" }
                == ["clear_cache", "restart_service", "notify_human"])
    }

    @Test func aStatusOf500IsFinalAndTheChainGoesOn() async throws {
        let outcome = try await run(["incident-clear-cache": "error500"])
        #expect(outcome.functions == ["clear-cache", "restart-service", "notify-human"])
        #expect(outcome.trail.contains("remote"), "\(outcome.trail)")
    }

    @Test func aFunctionErrorReachesAPerson() async throws {
        let outcome = try await run(["incident-restart-service": "function-error"])
        #expect(outcome.answer.status == 1)
        // The chain's own last step tells, and then `on_failure` does: what fails never stops the telling.
        #expect(
            outcome.functions == ["clear-cache", "restart-service", "notify-human", "notify-human"])
        #expect(outcome.trail.contains("page"), "\(outcome.trail)")
        #expect(outcome.trail.contains("division by zero"), "\(outcome.trail)")
    }

    @Test func aThrottledCallIsTriedAgain() async throws {
        let outcome = try await run(["incident-clear-cache": "throttle-twice"])
        #expect(outcome.answer.status == 0, "\(outcome.answer.output)\(outcome.answer.errors)")
        #expect(
            outcome.functions
                == ["clear-cache", "clear-cache", "clear-cache", "restart-service", "notify-human"])
        #expect(outcome.trail.contains("throttled"), "\(outcome.trail)")
    }

    @Test func aTimeOutIsToldAndTheChainGoesOn() async throws {
        let copy = try Folder()
        try copy.copy(Repository.root.appending(path: "runbooks"), to: "runbooks")
        let cache = try copy.text("runbooks/cache.yaml")
        let clear = "        uses: clear_cache\n"
        #expect(cache.contains(clear))
        try copy.write(
            cache.replacing(clear, with: clear + "        timeout: 1s\n")
                .replacing(
                    #/retry: \{attempts: 3, initial: 1s\}/#,
                    with: "retry: {attempts: 2, initial: 100ms}"),
            to: "runbooks/cache.yaml")
        let outcome = try await run(["incident-clear-cache": "slow"], repository: copy.path)
        #expect(
            outcome.functions
                == ["clear-cache", "clear-cache", "restart-service", "notify-human"])
        #expect(outcome.trail.contains("timeout"), "\(outcome.trail)")
    }
}
