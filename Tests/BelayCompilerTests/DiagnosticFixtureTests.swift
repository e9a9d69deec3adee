import BelayCompiler
import Foundation
import Testing

/// Each message has a file that provokes it and the text that is shown, `x.yaml` and `x.out`.
struct DiagnosticFixtureTests {
    static let folder = FrontFixtures.folder.appending(path: "diagnostics")
    static let names = (try? FrontFixtures.names(in: folder, ending: ".yaml")) ?? []

    @Test func everyFixtureIsThere() throws {
        #expect(Self.names.count == 148)
        if !FrontFixtures.updates {
            #expect(try FrontFixtures.names(in: Self.folder, ending: ".out") == Self.names)
        }
    }

    @Test(arguments: names)
    func message(_ name: String) throws {
        let url = Self.folder.appending(path: name + ".yaml")
        let file = SourceFile(path: name + ".yaml", bytes: try FrontFixtures.bytes(url))
        var diagnostics = Diagnostics()
        _ = RepositoryReader.read([file], &diagnostics)
        let sorted = diagnostics.sorted
        let shown = HumanRenderer().render(sorted, options: RenderingOptions())
        try FrontFixtures.check(shown, against: Self.folder.appending(path: name + ".out"))
        if name.hasPrefix("RB") {
            #expect(
                sorted.contains { $0.code.code == name.prefix(6) }, "\(name) does not give its code"
            )
        }
    }

    /// A fix leads to a file without the finding that it cures.
    @Test(arguments: names)
    func fixesCure(_ name: String) throws {
        let bytes = try FrontFixtures.bytes(Self.folder.appending(path: name + ".yaml"))
        var file = SourceFile(path: "x.yaml", bytes: bytes)
        for _ in 0..<5 {
            var diagnostics = Diagnostics()
            _ = RepositoryReader.read([file], &diagnostics)
            let fixes = diagnostics.sorted.compactMap(\.fix)
            if fixes.isEmpty { return }
            file = SourceFile(path: "x.yaml", bytes: Fix.apply(fixes, to: file))
        }
        Issue.record("fixes of \(name) never end: \(file.text(0..<file.bytes.count))")
    }

    /// Codes that reading raises all have a fixture.
    @Test func everyCodeOfReadingHasAFixture() {
        let seen = Set(Self.names.map { String($0.prefix(6)) })
        for code in FrontCodes.all where code != "RB1009" {
            #expect(seen.contains(code), "\(code) has no fixture")
        }
    }
}

/// Codes that reading and nothing later raises.
enum FrontCodes {
    static let all: [String] = DiagnosticCodes.all.map(\.code).filter { code in
        code.hasPrefix("RB10")
            || ["RB1202", "RB1210", "RB1211", "RB1212", "RB1213", "RB5003"].contains(code)
    }
}
