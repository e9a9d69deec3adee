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

    /// A table that vouches for a behaviour by a test vouches for nothing if there is no such test.
    @Test func everyTestThatAPageNamesExists() throws {
        let suites = try Repository.files(below: "Tests", ending: "Tests.swift").map(
            Repository.text)
        let scripts = try Repository.files(below: "scripts", ending: ".py").map(Repository.text)
            .joined()
        let failpoints = Failpoint.allCases.map(\.rawValue)
        var named = 0
        for page in Repository.files(below: "docs", ending: ".md") {
            for match in try Repository.text(page).matches(
                of: #/`([A-Z][A-Za-z0-9]*Tests)\.([A-Za-z0-9]+)`/#)
            {
                named += 1
                #expect(
                    suites.contains {
                        $0.contains("struct \(match.1)") && $0.contains("func \(match.2)(")
                    }, "\(page): there is no \(match.1).\(match.2)")
            }
        }
        // What the harnesses of faults are asked for by name: a failpoint, a kind of fault, a scene.
        let table = try Repository.lines("docs/faults.md").filter { $0.hasPrefix("|") }
        for line in table {
            let cell = line.split(separator: "|").last ?? ""
            for match in cell.matches(of: #/`(?:make crash|faults\.py)`: ((?:`[^`]+`(?:, )?)+)/#) {
                for name in match.1.matches(of: #/`([a-z][^`]*)`/#)
                where !["make crash", "faults.py"].contains(name.1) {
                    named += 1
                    #expect(
                        failpoints.contains(String(name.1))
                            || scripts.contains("def \(name.1)(")
                            || scripts.contains("\"\(name.1)"),
                        "docs/faults.md: no harness knows \(name.1)")
                }
            }
        }
        #expect(named > 30)
    }

    /// The pages of a folder, without those whose names are no subject: README and index.
    private func pages(_ folder: String) -> [String] {
        Repository.names(in: folder).filter { $0.hasSuffix(".md") && $0 != "README.md" }
            .map { String($0.dropLast(3)) }.sorted()
    }
}
