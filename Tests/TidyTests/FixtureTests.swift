import Testing

/// Every fixture is used, and every folder of fixtures holds some.
@Suite struct FixtureTests {
    /// Folders whose files the tests take as they find them; each is named in its tests.
    private static let listed = [
        "Tests/BelayCompilerTests/Fixtures/diagnostics", "Tests/BelayCompilerTests/Fixtures/valid",
        "Tests/BelayCompilerTests/Fixtures/rendering",
        "Tests/BelayProvidersTests/Fixtures/alertmanager",
        "Tests/BelayCommandTests/Fixtures/mistakes",
    ]

    @Test func everyFixtureIsUsed() throws {
        let targets = Repository.names(in: "Tests")
        var seen = 0
        for target in targets {
            let code = try Repository.files(
                below: "Tests/\(target)", ending: ".swift", ".py", ".sh"
            )
            .map(Repository.text).joined()
            for file in Repository.files(below: "Tests/\(target)/Fixtures") {
                seen += 1
                let parts = file.split(separator: "/")
                let name = parts.last ?? ""
                let stem = name.prefix { $0 != "." }
                let isListed = Self.listed.contains { file.hasPrefix($0 + "/") }
                #expect(
                    isListed || name == "README.md" || name.hasPrefix("LICENSE")
                        || code.contains(name) || code.contains("\"\(stem)\""),
                    "\(file) is used by no test")
            }
        }
        #expect(seen > 200)
    }

    @Test func listedFoldersAreNamedInTheirTests() throws {
        for folder in Self.listed {
            let parts = folder.split(separator: "/")
            let code = try Repository.files(below: "Tests/\(parts[1])", ending: ".swift")
                .map(Repository.text).joined()
            #expect(code.contains(parts[parts.count - 1]), "\(folder) is named nowhere")
            #expect(!Repository.names(in: folder).isEmpty, "\(folder) is empty")
        }
    }

    @Test func noFolderOfFixturesIsEmpty() {
        for target in Repository.names(in: "Tests") {
            let root = "Tests/\(target)/Fixtures"
            guard Repository.isFolder(root) else { continue }
            let folders =
                [root] + Repository.files(below: root, ending: "").filter(Repository.isFolder)
            for folder in folders {
                let names = Repository.names(in: folder).filter { $0 != ".gitkeep" }
                #expect(!names.isEmpty, "\(folder) is empty")
            }
        }
    }

    @Test func noFileTellsOfOneMachine() throws {
        let places = ["/work" + "/", "/root" + "/", "/home" + "/"]
        let tracked = try Repository.tracked()
        #expect(tracked.count > 500)
        for file in tracked {
            guard let text = try? Repository.text(file) else { continue }
            for place in places where text.contains(place) {
                Issue.record("\(file) names a folder of one machine: \(place)")
            }
        }
    }
}
