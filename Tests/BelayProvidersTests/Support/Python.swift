import Foundation

@testable import BelayProviders

/// Runs a script of the fixtures and gives back its output.
enum Python {
    static func run(
        _ script: String, _ arguments: [String] = [], input: [UInt8] = [],
        environment: [String: String] = [:]
    ) async throws -> [UInt8] {
        guard let python = Peer.find("python3") else {
            throw Peer.Missing(description: "python3 is not installed")
        }
        var command = ChildCommand(python)
        command.arguments = [Fixtures.path(script)] + arguments
        command.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in
            new
        }
        command.input = input
        command.timeout = .seconds(120)
        command.outputLimit = 16 << 20
        let result = try await ChildProcesses().run(command)
        guard result.ending == .exited(0), let output = result.output.whole else {
            throw Peer.Missing(description: "\(script) failed: \(result.error.text)")
        }
        return output
    }
}
