import BelayCompiler
import BelayEngine
import BelayProviders
import Foundation
import Testing

/// Whatever a user can meet has its page, and no page is about nothing.
@Suite struct PageTests {
    @Test func everyDiagnosticHasItsPage() {
        let codes = DiagnosticCodes.all.map(\.code)
        #expect(codes.count > 50)
        #expect(Set(codes).count == codes.count)
        #expect(pages("docs/diagnostics") == codes.sorted())
    }

    @Test func everyActionHasItsPage() {
        let catalogue = BuiltinActions.catalogue
        let names = Array(catalogue.capabilities.keys) + Array(catalogue.providers.keys)
        #expect(names.count > 10)
        guard Repository.isFolder("docs/actions") else { return }
        #expect(pages("docs/actions") == names.sorted())
    }

    @Test func everySourceHasItsPage() {
        let names = BuiltinSources.all.map(\.name)
        #expect(names.count >= 2)
        guard Repository.isFolder("docs/sources") else { return }
        #expect(pages("docs/sources") == names.sorted())
    }

    @Test func decisionsAreNumberedOnce() {
        let numbers = pages("docs/decisions").map { $0.prefix(4) }
        #expect(!numbers.isEmpty)
        #expect(Set(numbers).count == numbers.count)
        for number in numbers { #expect(Int(number) != nil, "\(number)") }
    }

    @Test func everyLinkLeadsSomewhere() throws {
        let link = #/\]\(([^)\s]+)\)/#
        let documents =
            Repository.files(below: "docs", ending: ".md") + ["README.md"]
            + Repository.files(below: "deploy", ending: ".md")
        var links = 0
        for document in documents {
            let folder = document.split(separator: "/").dropLast().joined(separator: "/")
            for match in try Repository.text(document).matches(of: link) {
                let target = match.1.prefix { $0 != "#" }
                if target.isEmpty || target.contains("://") { continue }
                links += 1
                let url = Repository.root.appending(path: folder).appending(path: String(target))
                #expect(
                    (try? url.checkResourceIsReachable()) ?? false, "\(document): \(match.1)")
            }
        }
        #expect(links > 5)
    }

    /// The pages of a folder, without those whose names are no subject: README and index.
    private func pages(_ folder: String) -> [String] {
        Repository.names(in: folder).filter { $0.hasSuffix(".md") && $0 != "README.md" }
            .map { String($0.dropLast(3)) }.sorted()
    }
}
