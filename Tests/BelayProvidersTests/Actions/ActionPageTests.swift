import BelayEngine
import Foundation
import Testing

@testable import BelayProviders

/// docs/actions says what the contracts say, and docs/sources knows every source.
@Suite struct ActionPageTests {
    private static let mark = "<!-- what follows is made from the contract; notes go above -->\n"

    /// With BELAY_WRITE_PAGES=1 the pages are written instead of compared; notes above the mark stay.
    @Test(arguments: ActionPage.all.map(\.name)) func thePageIsTheContracts(_ name: String) throws {
        let page = try #require(ActionPage.all.first { $0.name == name })
        let file = Fixtures.repository.appending(path: "docs/actions/\(name).md")
        let old = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let parts = old.components(separatedBy: Self.mark)
        if ProcessInfo.processInfo.environment["BELAY_WRITE_PAGES"] == "1" {
            let notes = parts.count == 2 ? parts[0] : ""
            let folder = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try (notes + Self.mark + page.text).write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                parts.count == 2 && parts[1] == page.text,
                "docs/actions/\(name).md is not up to date")
        }
    }

    @Test func noPageIsLeftOver() throws {
        let folder = Fixtures.repository.appending(path: "docs/actions").path(percentEncoded: false)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0 != "README.md"
        }
        #expect(files.sorted() == ActionPage.all.map { "\($0.name).md" }.sorted())
    }

    @Test func everySourceHasItsPage() throws {
        for source in BuiltinSources.all {
            let file = Fixtures.repository.appending(path: "docs/sources/\(source.name).md")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.hasPrefix("# \(source.name)\n"))
        }
    }
}
