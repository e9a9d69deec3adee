package import BelayEngine
import Cryptography
import GRDB
import JSON

extension AuditLog {
    /// Writes all records that the query asks for, line by line without their ends, and says how many.
    ///
    /// `jsonl` begins with a line that names the log and its keys and ends with one for each checkpoint; a whole
    /// export (no filter) can be verified by `JournalVerifier.verify(export:)` or by others.
    package func export(
        _ format: ExportFormat, _ query: RecordQuery = RecordQuery(),
        to sink: ([UInt8]) throws -> Void
    ) throws -> Int {
        if format == .jsonl { try sink(try exportHead()) }
        let lines = ExportLines(format: format)
        var page = query
        var count = 0
        page.limit = min(query.limit, Self.exportPage)
        while count < query.limit {
            page.limit = min(Self.exportPage, query.limit - count)
            let records = try records(page)
            for stored in records { try sink(lines.line(stored)) }
            count += records.count
            guard let last = records.last, records.count == page.limit else { break }
            page.from = last.index + 1
        }
        if format == .jsonl { try exportCheckpoints(sink) }
        return count
    }

    private static let exportPage = 1000

    private func exportHead() throws(StoreError) -> [UInt8] {
        let head: JSONValue = [
            "format": .string(JournalExport.format), "log": .string(try origin()),
            "vkeys": .array(files.knownVerifiers().map { .string($0.vkey) }),
        ]
        return Array(head.text().utf8)
    }

    private func exportCheckpoints(_ sink: ([UInt8]) throws -> Void) throws {
        let notes = try read {
            try String.fetchAll($0, sql: "SELECT note FROM checkpoint ORDER BY seq")
        }
        for note in notes {
            try sink(Array(JSONValue.object(["checkpoint": .string(note)]).text().utf8))
        }
    }
}

/// Reads an export of the form `jsonl`.
enum JournalExport {
    static let format = "belay-journal/1"
    private static let marker = Array(",\"record\":".utf8)

    /// One line of an export.
    enum Line {
        case head(JSONValue)
        case record(LogCheck.Found)
        case checkpoint(String)
        case malformed
    }

    static func read(_ line: [UInt8]) -> Line {
        guard let value = try? JSONParser.parse(line) else { return .malformed }
        if value["format"] != nil { return .head(value) }
        if let note = value["checkpoint"]?.stringValue { return .checkpoint(note) }
        guard let index = value["index"]?.integerValue, let start = end(of: marker, in: line),
            let payloads = value["payloads"]?.objectValue
        else { return .malformed }
        let bytes = Array(line[start..<line.count - 1])
        return .record(
            LogCheck.Found(
                index: index, bytes: bytes,
                payloads: payloads.map { name, payload in
                    StoredPayload(
                        name: name, salt: Hex.decode(payload["salt"]?.stringValue ?? "") ?? [],
                        bytes: Array((payload["bytes"]?.stringValue ?? "").utf8))
                }))
    }

    private static func end(of marker: [UInt8], in line: [UInt8]) -> Int? {
        guard line.count > marker.count else { return nil }
        return (0..<line.count - marker.count).first {
            line[$0] == marker[0] && line[$0..<$0 + marker.count].elementsEqual(marker)
        }.map { $0 + marker.count }
    }
}

extension JournalVerifier {
    /// Verifies a whole export of the form `jsonl`, given line by line, without any database.
    ///
    /// Without keys of its own it believes those that the export names, which shows damage but no forgery.
    package func verify(export lines: some Sequence<[UInt8]>) -> VerificationReport {
        var signed = CheckpointCheck(keys: keys)
        var records: [LogCheck.Found] = []
        var faults: [VerificationFault] = []
        var notes: [String] = []
        for line in lines where !line.isEmpty {
            switch JournalExport.read(line) {
            case .head(let head):
                let named = head["vkeys"]?.arrayValue?.compactMap { $0.stringValue } ?? []
                if keys.isEmpty {
                    signed = CheckpointCheck(keys: named.compactMap { NoteVerifier(vkey: $0) })
                }
            case .record(let found): records.append(found)
            case .checkpoint(let note): notes.append(note)
            case .malformed:
                faults.append(
                    VerificationFault(
                        .changedRecord, index: Int64(records.count),
                        "a line of the export is malformed"))
            }
        }
        signed.take(notes)
        for note in remembered { signed.take(note, place: "a remembered checkpoint") }
        var check = LogCheck(checkpoints: signed.good, foldsState: false)
        for found in records { check.take(found) }
        var report = check.finish()
        for fault in faults + signed.faults { report.add(fault) }
        return report
    }
}
