import BelayCompiler
import BelayEngine
import BelayStore
import Foundation
import FoundationNetworking
import JSON
import Testing

@testable import BelayServer

/// The real server on the loopback, in this process, with a store that can be made to fail.
@Suite(.serialized) struct DaemonTests {
    private static let program = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: quiet, owner: team-platform}
        rules:
          - id: never
            match: {type: Never}
            steps:
              - {id: rest, wait: 1s}
        """
    private static let token = "a-token-for-the-tests"

    @Test func aFullDiskIs503UntilThereIsRoomAgain() async throws {
        let store = FailingStore(try await MemoryDisk().open(world: LiveWorld()))
        try await serving(store) { address in
            #expect(try await post("A-1", to: address).status == 202)
            store.fail(.full)
            let full = try await post("A-2", to: address)
            #expect(full.status == 503 && full.retryAfter == "30")
            store.fail(nil)
            #expect(try await post("A-2", to: address).status == 202)
        }
        #expect(try await store.incidents(.latest(limit: 10)).count == 2)
    }

    @Test func theSameDeliveryAtOnceIsOneIncident() async throws {
        let store = FailingStore(try await MemoryDisk().open(world: LiveWorld()))
        try await serving(store) { address in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let answer = try await post("B-1", to: address)
                        #expect(answer.status == 202)
                        return answer.body["incidents"]?.arrayValue?.first?["id"]?.stringValue ?? ""
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && ids.first?.isEmpty == false)
        }
        #expect(try await store.incidents(.latest(limit: 10)).count == 1)
    }

    @Test func aBrokenStoreEndsTheDaemon() async throws {
        let store = FailingStore(try await MemoryDisk().open(world: LiveWorld()))
        await #expect(throws: (any Error).self) {
            try await serving(store, endsByItself: true) { address in
                store.fail(.broken("fsync failed"))
                let answer = try await post("C-1", to: address)
                #expect(answer.status == 503)
            }
        }
    }

    // MARK: The server

    private func serving(
        _ store: FailingStore, endsByItself: Bool = false,
        _ body: @Sendable (String) async throws -> Void
    ) async throws {
        let (addresses, announced) = AsyncStream.makeStream(of: String.self)
        var settings = DaemonSettings(token: Array(Self.token.utf8))
        settings.port = 0
        settings.logLevel = "error"
        let parts = SupervisorParts(
            store: store, world: LiveWorld(), providers: ProviderRegistry([]),
            catalogue: ActionCatalogue(capabilities: [], providers: []),
            openSecrets: { _ in Nothing() })
        let daemon = Daemon(
            settings, parts, program: try Self.supervised(), sources: [Bare()],
            keeper: NoAnchors(), reload: { .rejected("no files", findings: 1) },
            announce: { announced.yield($0) })
        let running = Task { try await daemon.run() }
        for await address in addresses {
            try await body(address)
            break
        }
        if endsByItself { return try await running.value }
        running.cancel()
        _ = await running.result
    }

    private static func supervised() throws -> SupervisedProgram {
        let files = [SourceFile(path: "runbooks/quiet.yaml", text: program)]
        let compilation = Compiler.compile(
            files, catalogue: ActionCatalogue(capabilities: [], providers: []), lints: false)
        let program = try #require(compilation.program, "\(compilation.diagnostics.sorted)")
        let environment = try #require(program.environments[EnvironmentProgram.simulatedName])
        return SupervisedProgram(
            planner: Planner(Decider(program: program, environment: environment)),
            sources: ProgramText(files), secrets: Nothing())
    }

    /// No secrets.
    private struct Nothing: SecretOpener {
        func open(_ name: String) throws(SecretError) -> String { throw SecretError("none") }
        func redact(_ text: String) -> String { text }
    }

    /// For an environment without anchors.
    private struct NoAnchors: CheckpointKeeper {
        func keep(
            in place: AnchorPlace, token: AnchorToken?, after kept: SignedCheckpoint?
        ) async throws(AnchorFailure) -> KeptCheckpoint? { nil }
    }

    /// A source whose deliveries are one incident each: an id and nothing else.
    private struct Bare: IncidentSource {
        let name = "belay"
        let summary = "for tests"

        func recognises(_ document: JSONValue) -> Bool { false }

        func decode(_ delivery: Delivery) -> [Result<Incident, DeliveryError>] {
            let id = delivery.document["id"]?.stringValue ?? ""
            return [
                .success(
                    Incident(
                        id: id, fingerprint: id, status: .firing, priority: .low, type: "Bare",
                        source: "belay", startedAt: delivery.receivedAt,
                        receivedAt: delivery.receivedAt))
            ]
        }
    }

    /// An answer of the server.
    private struct Answer {
        var status: Int
        var retryAfter: String?
        var body: JSONValue
    }

    private func post(_ id: String, to address: String) async throws -> Answer {
        var request = URLRequest(
            url: try #require(URL(string: "http://\(address)/v1/incidents")), timeoutInterval: 30)
        request.httpMethod = "POST"
        request.httpBody = Data(#"{"id": "\#(id)"}"#.utf8)
        request.setValue("Bearer \(Self.token)", forHTTPHeaderField: "Authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        return Answer(
            status: http.statusCode, retryAfter: http.value(forHTTPHeaderField: "Retry-After"),
            body: (try? JSONParser.parse([UInt8](data))) ?? .null)
    }
}
