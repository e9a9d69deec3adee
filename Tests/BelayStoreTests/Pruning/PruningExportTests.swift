import BelayEngine
import BelayStore
import Testing

/// An export of a pruned journal stands by itself, and says what is not as it was.
@Suite struct PruningExportTests {
    private func lines(_ journal: PrunedJournal) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        let audit = try AuditLog(path: journal.path)
        let count = try audit.export(.jsonl, RecordQuery(limit: .max)) { lines.append($0) }
        #expect(count == 11)
        return lines
    }

    private func place(of text: String, in lines: [[UInt8]]) throws -> Int {
        try #require(lines.firstIndex { String(decoding: $0, as: UTF8.self).contains(text) })
    }

    private func faults(_ lines: [[UInt8]]) -> [String] {
        JournalVerifier().verify(export: lines).faults.map {
            "\($0.kind.rawValue) \($0.index.map(String.init) ?? "")"
        }
    }

    @Test func itIsVerifiedWithoutTheDatabase() async throws {
        let lines = try lines(try await PrunedJournal())
        let report = JournalVerifier().verify(export: lines)
        #expect(report.faults == [])
        #expect(report.records == PrunedJournal.count)
        #expect(report.pruned?.count == PrunedJournal.cut)
        #expect(report.pruned?.actor == .person("ann"))
    }

    @Test func whatIsKeptOfPrunedRecordsIsNotChangedUnnoticed() async throws {
        let lines = try lines(try await PrunedJournal())
        let leaf = try place(of: #"{"index":5,"leaf":"#, in: lines)
        var cut = lines
        cut.remove(at: leaf)
        #expect(faults(cut).first == "wrong_cut 5")
        var other = lines
        other[leaf] = Array(#"{"index":5,"leaf":"\#(String(repeating: "0", count: 64))"}"#.utf8)
        #expect(faults(other).first == "not_what_was_signed 0")
        #expect(faults(other).contains("wrong_cut 0"))
        let kept = try place(of: #"{"kept":"incident/"#, in: lines)
        var less = lines
        less.remove(at: kept)
        #expect(faults(less) == ["wrong_cut 14"])
        let all = lines.filter { !String(decoding: $0, as: UTF8.self).contains(#""leaf":"#) }
        #expect(faults(all).contains("missing_record 0"))
        let order = try place(of: #""kind":"retention.pruned","log""#, in: lines)
        #expect(order > 0)
        #expect(faults(lines.filter { !isOrder($0) }).contains("unrecorded_cut 14"))
    }

    private func isOrder(_ line: [UInt8]) -> Bool {
        String(decoding: line, as: UTF8.self).contains(#""reason":"records""#)
    }

    @Test(.enabled(if: SecondOpinion.isPresent)) func aSecondOpinionAgrees() async throws {
        let journal = try await PrunedJournal()
        let lines = try lines(journal)
        let opinion = SecondOpinion(folder: journal.folder.path)
        #expect(try opinion.verdict(lines) == "sound: 25 records, 25 signed for, 14 pruned")
        var less = lines
        less.remove(at: try place(of: #"{"kept":"incident/"#, in: lines))
        #expect(try opinion.verdict(less) == "unrecorded_cut at 14")
        var other = lines
        other[try place(of: #"{"index":5,"leaf":"#, in: lines)] = Array(
            #"{"index":5,"leaf":"\#(String(repeating: "0", count: 64))"}"#.utf8)
        #expect(try opinion.verdict(other) == "not_what_was_signed at 0")
        #expect(SecondOpinion.lineCount <= 60)
    }
}
