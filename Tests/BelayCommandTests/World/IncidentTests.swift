import Foundation
import Testing

/// One incident, by way of the functions and without them: the effects are the same.
@Suite struct IncidentTests {
    private func run(
        _ environment: String, in world: World
    ) async throws -> (answer: Belay.Answer, state: World.State) {
        let folder = try Folder()
        let repository = try World.repository()
        #expect(try await world.redis.keys() == 50)
        let answer = try await Belay.run(
            ["run", "-i", World.incident, "--repo", repository.path, "--env", environment],
            in: folder, variables: world.variables)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try await world.redis.keys() == 0)
        return (answer, try await world.state())
    }

    private static func expectEffects(_ state: World.State) throws {
        #expect(state.redeployed == ["production-api-service"])
        #expect(state.class == "db.r5.2xlarge")
        #expect(state.counts == ["production-api-service": 2, "production-auth-service": 2])
        let message = try #require(state.messages.first)
        #expect(state.messages.count == 1)
        #expect(message.subject == "[CRITICAL] Incident INC-1042 requires attention")
        for text in ["INC-1042", "critical", "Checkout is down", "Half of all requests fail"] {
            #expect(message.message.contains(text), "\(text)")
        }
    }

    @Test func byTheFourFunctions() async throws {
        let world = try await World.make()
        try Self.expectEffects(try await run("lambda", in: world).state)
        let invocations = try await world.invocations()
        #expect(
            invocations.map(\.function) == [
                "incident-clear-cache", "incident-restart-service", "incident-scale-up",
                "incident-notify-human",
            ])
        #expect(
            invocations.map { $0.payload["action"] as? String } == [
                "clear_cache", "restart_service", "scale_up", "notify_human",
            ])
        #expect(
            invocations.prefix(3).map { $0.payload["target"] as? String } == [
                "cache", "api", "database",
            ])
        for (_, payload) in invocations {
            #expect(payload["incidentId"] as? String == "INC-1042")
            #expect(payload["priority"] as? String == "critical")
            let details = try #require(payload["incidentDetails"] as? [String: Any])
            #expect(details["title"] as? String == "Checkout is down")
            #expect(details["description"] as? String == "Half of all requests fail")
        }
    }

    @Test func withoutAnyFunction() async throws {
        let world = try await World.make()
        try Self.expectEffects(try await run("aws", in: world).state)
        #expect(try await world.invocations().isEmpty)
    }
}
