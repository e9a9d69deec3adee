import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import FoundationEssentials
import JSON
import Testing

@Suite struct AuditLogTests {
    @Test func everyRecordCanBeProved() async throws {
        let journal = try await SoundJournal()
        let audit = try AuditLog(path: journal.path)
        let keys = journal.files.knownVerifiers()
        #expect(keys.count == 1)
        let records = try audit.records(RecordQuery())
        #expect(records.count == Int(SoundJournal.count))
        for stored in records {
            let proof = try #require(try audit.prove(id: stored.record.id))
            #expect(proof.index == stored.index)
            let read = try #require(TLogProof(text: proof.text))
            #expect(try read.check(record: stored.bytes, keys: keys).get().size == 14)
            #expect(read.check(record: stored.bytes + [0x20], keys: keys) == .failure(.notIncluded))
        }
        #expect(throws: StoreError.notFound("nobody")) { try audit.prove(id: "nobody") }
        #expect(throws: StoreError.notFound("/nowhere")) { try AuditLog(path: "/nowhere") }
    }

    /// More records than one stored subtree holds.
    @Test func proofsAndConsistencyInALargerLog() async throws {
        let folder = try TemporaryFolder()
        let world = TestWorld()
        let path = folder.path + "/journal.db"
        let store = try await SQLiteStore.open(path: path, world: world)
        var notes: [SignedCheckpoint] = [try #require(try await store.checkpoint(always: true))]
        for _ in 0..<7 {
            let drafts = (0..<100).map { StoreWrite.record(RecordDraft(.programLoaded, item: $0)) }
            try await store.commit(StoreTransaction(drafts))
            notes.append(try #require(try await store.checkpoint(always: true)))
        }
        let audit = try AuditLog(path: path)
        let keys = audit.files.knownVerifiers()
        for index in [0, 1, 255, 256, 257, 511, 512, 700] as [Int64] {
            let stored = try #require(try audit.records(RecordQuery(from: index, limit: 1)).first)
            let proof = try #require(try audit.prove(id: stored.record.id))
            #expect(try proof.check(record: stored.bytes, keys: keys).get().size == 701)
        }
        for old in notes {
            for new in notes where new.checkpoint.size >= old.checkpoint.size {
                guard case .consistent = try audit.consistency(old: old, new: new) else {
                    Issue.record("\(old.checkpoint.size) to \(new.checkpoint.size)")
                    continue
                }
            }
        }
        #expect(try audit.consistency(old: notes[3], new: notes[2]) == .shorter)
        var other = notes[2]
        other.checkpoint.root = SHA256.hash([])
        #expect(try audit.consistency(old: other, new: notes[3]) == .inconsistent)
        other.checkpoint.origin = "elsewhere"
        #expect(try audit.consistency(old: other, new: notes[3]) == .otherLog)
        #expect(try audit.verify().faults == [])
        await store.close()
        try Forger(path: path).sql("UPDATE node SET hash = zeroblob(32) WHERE idx = 1")
        let fault = try #require(try audit.verify().faults.first)
        #expect(fault.kind == .changedTree)
        #expect(fault.index == 16)
        let reopened = try await SQLiteStore.open(path: path, world: world)
        #expect(reopened.fork != nil, "a log whose hashes were changed is not signed over")
        await reopened.close()
    }

    @Test func aNewRecordIsNotProvedYet() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(path: folder.path + "/j.db", world: TestWorld())
        let audit = try AuditLog(path: folder.path + "/j.db")
        let id = try #require(try audit.records(RecordQuery()).first).record.id
        #expect(try audit.prove(id: id) == nil)
        #expect(try audit.checkpoint() == nil)
        _ = try await store.checkpoint(always: true)
        #expect(try audit.prove(id: id)?.index == 0)
        await store.close()
    }

    @Test func exportsAreVerifiedWithoutTheDatabase() async throws {
        let journal = try await SoundJournal()
        let lines = try Self.export(journal, .jsonl)
        #expect(lines.count == 1 + 14 + 3)
        let report = JournalVerifier().verify(export: lines)
        #expect(report.faults == [])
        #expect(report.records == 14)
        #expect(report.checkpoint?.size == 14)
        var cut = lines
        cut.remove(at: 5)
        #expect(JournalVerifier().verify(export: cut).faults.first?.kind == .missingRecord)
        #expect(JournalVerifier().verify(export: cut).faults.first?.index == 4)
        var changed = lines
        let text = String(decoding: lines[8], as: UTF8.self)
        changed[8] = Array(text.replacing("2048", with: "2049").utf8)
        #expect(JournalVerifier().verify(export: changed).faults.first?.kind == .changedPayload)
        let stranger = try #require(NoteSigner(name: "belay/x", key: .random())).verifier
        let doubted = JournalVerifier(keys: [stranger]).verify(export: lines)
        #expect(doubted.faults.map(\.kind) == [.badCheckpoint, .badCheckpoint, .badCheckpoint])
    }

    @Test func otherFormsOfExport() async throws {
        let journal = try await SoundJournal()
        let events = try Self.export(journal, .cloudevents)
        #expect(events.count == 14)
        let event = try JSONParser.parse(events[7])
        #expect(event["specversion"] == "1.0")
        #expect(event["type"] == "dev.belay.step.result")
        #expect(event["subject"] == "r1")
        #expect(event["data"]?["outcome"] == "succeeded")
        #expect(event["id"] == event["data"]?["id"])
        let logs = try Self.export(journal, .otlp)
        #expect(logs.count == 14)
        let scope = try JSONParser.parse(logs[7])["resourceLogs"]?.arrayValue?[0]["scopeLogs"]
        let log = try #require(scope?.arrayValue?[0]["logRecords"]?.arrayValue?[0])
        #expect(log["eventName"] == "step.result")
        #expect(log["traceId"]?.stringValue?.count == 32)
        #expect(log["spanId"]?.stringValue?.count == 16)
        #expect(log["timeUnixNano"] == "1772330400000000000")
        let some = try Self.export(journal, .cloudevents, RecordQuery(kinds: [.stepIntent]))
        #expect(some.count == 1)
    }

    private static func export(
        _ journal: SoundJournal, _ format: ExportFormat,
        _ query: RecordQuery = RecordQuery(limit: .max)
    ) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        let audit = try AuditLog(path: journal.path)
        let count = try audit.export(format, query) { lines.append($0) }
        #expect(count == lines.count || format == .jsonl)
        return lines
    }

    /// A verifier of sixty lines in another language, by other libraries.
    @Test(.enabled(if: SecondOpinion.isPresent)) func aSecondOpinionAgrees() async throws {
        let journal = try await SoundJournal()
        let lines = try Self.export(journal, .jsonl)
        let opinion = SecondOpinion(folder: journal.folder.path)
        #expect(try opinion.verdict(lines) == "sound: 14 records, 14 signed for")
        var cut = lines
        cut.remove(at: 5)
        #expect(try opinion.verdict(cut) == "missing_record at 4")
        var changed = lines
        changed[8] = Array(
            String(decoding: lines[8], as: UTF8.self).replacing("2048", with: "2049").utf8)
        #expect(try opinion.verdict(changed) == "changed_payload at 7")
        changed = lines
        changed[9] = Array(
            String(decoding: lines[9], as: UTF8.self).replacing("succeeded", with: "resolved!").utf8
        )
        #expect(try opinion.verdict(changed) == "not_what_was_signed at 6")
        #expect(JournalVerifier().verify(export: changed).faults.first?.kind == .notWhatWasSigned)
        #expect(JournalVerifier().verify(export: changed).faults.first?.index == 6)
        #expect(SecondOpinion.lineCount <= 60)
    }
}
