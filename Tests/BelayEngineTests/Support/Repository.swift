import BelayCompiler
import BelayEngine
import JSON

/// Small repositories for tests, compiled against a catalogue of four capabilities.
enum Repository {
    static let catalogue: ActionCatalogue = {
        let target = InputContract("target", .string, required: true, standard: "${{ run.target }}")
        return ActionCatalogue(
            capabilities: [
                ActionContract(
                    "clear_cache", description: "Clear.", effect: .change, recovery: .idempotent,
                    inputs: [target, InputContract("scope", .string, standard: "all")],
                    outputs: [OutputContract("freed", .integer)], timeout: .seconds(30)),
                ActionContract(
                    "restart_service", description: "Restart.", effect: .change,
                    recovery: .idempotent, inputs: [target], timeout: .seconds(30)),
                ActionContract(
                    "notify_human", description: "Tell.", effect: .notify, recovery: .once,
                    inputs: [InputContract("message", .string)],
                    outputs: [OutputContract("delivered", .boolean)], timeout: .seconds(15)),
                ActionContract(
                    "metrics.query", description: "Ask.", effect: .read, recovery: .pure,
                    inputs: [InputContract("query", .string, required: true)],
                    outputs: [OutputContract("value", .number)], timeout: .seconds(10)),
            ],
            providers: [
                ProviderContract(
                    "simulated", description: "Answers as told.",
                    operations: [
                        OperationContract(
                            "perform",
                            action: ActionContract(
                                "simulated.perform", description: "Nothing.", effect: .read,
                                recovery: .pure, timeout: .seconds(30)), serves: ["*"])
                    ])
            ])
    }()

    static func compile(_ files: [String: String]) -> Compilation {
        Compiler.compile(
            files.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, text: $0.value) },
            catalogue: catalogue, lints: false)
    }

    static let cache = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: cache, owner: platform}
        rules:
          - id: cache-memory-pressure
            match: {priority: [critical, high], target: cache}
            when: incident.metrics.memory_percent >= 90.0
            cooldown: {for: 15m}
            until:
              uses: metrics.query
              with: {query: memory}
              expect: result.value < 80.0
              every: 15s
              within: 1m
            steps:
              - {id: clear, uses: clear_cache}
              - {id: restart, uses: restart_service}
              - {id: human, uses: notify_human}
          - id: rest
            catch_all: true
            steps:
              - {id: tell, uses: notify_human}
        """
}
