import Foundation
import Testing

/// Every command's help: an example in each, and no change that nobody saw.
@Suite struct HelpTests {
    @Test func everyCommandHasAnExample() async throws {
        let folder = try Folder()
        let dump = try await Belay.run("--experimental-dump-help", in: folder)
        let value = try JSONSerialization.jsonObject(with: Data(dump.output.utf8))
        let root = try #require((value as? [String: Any])?["command"] as? [String: Any])
        let commands = Self.leaves(root, below: [])
        #expect(commands.count >= 20)
        var snapshot = ""
        for command in commands {
            let help = try await Belay.run(
                command + ["--help"], in: folder, variables: ["COLUMNS": "100"])
            #expect(help.status == 0)
            let name = command.joined(separator: " ")
            #expect(help.output.contains("Example:\n  belay \(name)"), "\(name) has no example")
            snapshot += "$ belay \(name) --help\n\(help.output)\n"
        }
        try Golden.expect(snapshot, is: "help.txt")
    }

    /// Texts are written in whole paragraphs, so that only the terminal's width breaks them; examples are not broken.
    @Test func helpIsWrappedOnce() async throws {
        let folder = try Folder()
        let dump = try await Belay.run("--experimental-dump-help", in: folder)
        let value = try JSONSerialization.jsonObject(with: Data(dump.output.utf8))
        let root = try #require((value as? [String: Any])?["command"] as? [String: Any])
        for command in [[]] + Self.leaves(root, below: []) {
            let wide = try await overview(command, columns: 500, folder)
            let narrow = try await overview(command, columns: 80, folder)
            for (line, next) in zip(wide, wide.dropFirst())
            where !line.isEmpty && !next.isEmpty && !line.hasPrefix("  ") {
                #expect(next.hasPrefix("  "), "belay \(command): \(line) / \(next)")
            }
            for example in wide where example.hasPrefix("  ") {
                #expect(narrow.contains(example), "belay \(command): \(example)")
            }
            #expect(narrow.allSatisfy { $0.unicodeScalars.count <= 80 }, "belay \(command)")
        }
    }

    /// The lines of a help before its usage.
    private func overview(_ command: [String], columns: Int, _ folder: Folder) async throws
        -> [String]
    {
        let help = try await Belay.run(
            command + ["--help"], in: folder, variables: ["COLUMNS": "\(columns)"])
        return help.output.components(separatedBy: "USAGE:")[0].components(separatedBy: "\n")
    }

    @Test func completionsAreThereForThreeShells() async throws {
        let folder = try Folder()
        for shell in ["bash", "zsh", "fish"] {
            let answer = try await Belay.run("completion", shell, in: folder)
            #expect(answer.status == 0 && answer.output.contains("belay"), "\(shell)")
        }
    }

    /// The commands that do something, as one types them.
    private static func leaves(_ command: [String: Any], below path: [String]) -> [[String]] {
        let commands = command["subcommands"] as? [[String: Any]] ?? []
        guard !commands.isEmpty else { return [path] }
        return commands.flatMap { inner -> [[String]] in
            let name = inner["commandName"] as? String ?? ""
            return name == "help" ? [] : leaves(inner, below: path + [name])
        }
    }
}
