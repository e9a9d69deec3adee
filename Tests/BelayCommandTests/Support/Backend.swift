import Foundation

/// The incident backend's four functions and a Prometheus, on a free port.
final class Backend: Sendable {
    /// One invocation as the stand-in saw it.
    struct Invocation {
        var function: String
        var isSigned: Bool
        var payload: [String: Any]
    }

    private static let key = "AKIDEXAMPLE"
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private let folder: Folder
    private let life: Pipe
    private let program: RunningProgram
    private let port: String

    /// Starts it; a mode says how a function misbehaves.
    init(_ modes: [String: String] = [:]) throws {
        folder = try Folder()
        let (life, output) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "python3", Repository.fixtures.appending(path: "servers/backend.py").path, Self.key,
                Self.secret, folder.path("invocations"),
            ] + modes.map { "\($0.key)=\($0.value)" }
        process.standardInput = life
        process.standardOutput = output
        program = try RunningProgram(process)
        self.life = life
        port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { try? life.fileHandleForWriting.close() }

    /// What the environment `lambda` reads, and how AWS is reached and signed for.
    var variables: [String: String] {
        [
            "AWS_REGION": "eu-west-1", "METRICS_URL": "http://127.0.0.1:\(port)",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_ACCESS_KEY_ID": Self.key,
            "AWS_SECRET_ACCESS_KEY": Self.secret, "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    func invocations() throws -> [Invocation] {
        guard let text = try? folder.text("invocations") else { return [] }
        return try text.split(separator: "\n").map { line in
            let value =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            return Invocation(
                function: value["function"] as? String ?? "",
                isSigned: value["signed"] as? Bool ?? false,
                payload: value["payload"] as? [String: Any] ?? [:])
        }
    }
}
