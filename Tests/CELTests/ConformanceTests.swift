import CEL
import FoundationEssentials
import JSON
import Testing

@Suite struct ConformanceTests {
    /// The cases of the fixture in their order.
    private func cases() throws -> [CELCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/cases.jsonl"))
        return try data.split(separator: 0x0A).map { line in
            try #require(CELCase(try JSONParser.parse([UInt8](line))))
        }
    }

    @Test func everyCaseThatNeedsNoMessages() throws {
        let cases = try cases()
        #expect(cases.count == 1718)
        var report = CELCaseReport()
        for test in cases { report.run(test) }
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report.summary == "1198 passed, 0 failed, 520 skipped")
    }

    @Test func everyCoreCase() throws {
        var report = CELCaseReport()
        for test in try cases() where test.needs.isEmpty { report.run(test) }
        #expect(report.summary == "762 passed, 0 failed, 0 skipped")
    }
}
