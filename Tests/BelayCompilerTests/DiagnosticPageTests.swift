import Foundation
import Testing

@testable import BelayCompiler

/// Every code has a page whose example provokes it and whose cure does not.
///
/// Examples of codes that only later stages raise are run by the tests of those stages.
struct DiagnosticPageTests {
    static let folder = FrontFixtures.repository.appending(path: "docs/diagnostics")

    /// What cannot be written on a page: a megabyte, and bytes that are no text.
    static let withoutExample: Set<String> = ["RB1009", "RB1016"]

    private func page(_ code: String) throws -> String {
        String(
            decoding: try FrontFixtures.bytes(Self.folder.appending(path: code + ".md")),
            as: UTF8.self)
    }

    @Test func pagesAndCodesAreTheSame() throws {
        #expect(
            try FrontFixtures.names(in: Self.folder, ending: ".md")
                == DiagnosticCodes.all.map(\.code))
    }

    @Test(arguments: DiagnosticCodes.all)
    func head(_ code: DiagnosticCode) throws {
        let page = try page(code.code)
        let head =
            "# \(code.code) \(code.name)\n\n**\(code.severity.rawValue)**: \(code.summary).\n\n"
        #expect(page.hasPrefix(head))
        #expect(page.dropFirst(head.count).prefix { $0 != "#" }.count > 60, "it says why")
    }

    @Test(arguments: FrontCodes.all)
    func examples(_ code: String) throws {
        let blocks = try page(code).components(separatedBy: "```yaml\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        guard !Self.withoutExample.contains(code) else {
            #expect(blocks.isEmpty)
            return
        }
        try #require(blocks.count == 2)
        #expect(read(blocks[0]).1.contains { $0.code.code == code }, "\(read(blocks[0]).1)")
        let left = read(blocks[1]).1
        #expect(left.isEmpty, "\(HumanRenderer().render(left, options: RenderingOptions()))")
    }
}
