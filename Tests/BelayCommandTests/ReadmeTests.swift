import Foundation
import Testing

/// What README.md shows is what the program prints; `scripts/readme` writes it anew.
@Suite struct ReadmeTests {
    @Test func everyCommandPrintsWhatIsShown() async throws {
        let folder = try Folder()
        try folder.copy(Repository.root.appending(path: "runbooks"), to: "runbooks")
        var commands = 0
        for (command, shown) in try Self.commands() {
            commands += 1
            let answer = try await Belay.execute(
                "/bin/bash", ["-c", "exec 2>&1; \(command)"], in: folder)
            #expect(
                Golden.settled(answer.output) == Golden.settled(shown), "$ \(command)")
        }
        #expect(commands >= 9)
    }

    /// The commands of all console blocks, each with the lines below it.
    private static func commands() throws -> [(command: String, shown: String)] {
        let text = try Repository.text("README.md")
        var found: [(command: String, shown: String)] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = line == "```console"
            } else if isInside, line.hasPrefix("$ ") {
                found.append((String(line.dropFirst(2)), ""))
            } else if isInside {
                found[found.count - 1].shown += line + "\n"
            }
        }
        return found
    }
}
