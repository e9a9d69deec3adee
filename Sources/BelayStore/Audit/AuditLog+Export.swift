package import BelayEngine
import Cryptography
import GRDB
import Glibc
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
        if format == .jsonl, query == RecordQuery(limit: query.limit) { try exportPruned(sink) }
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

    /// What stands for the records that were pruned: the hash of each, then what is kept of their state.
    private func exportPruned(_ sink: ([UInt8]) throws -> Void) throws {
        let pruned = try read(PrunedPrefix.init)
        for (index, leaf) in pruned.leaves.enumerated() {
            try sink(Array("{\"index\":\(index),\"leaf\":\"\(leaf.hex)\"}".utf8))
        }
        for row in pruned.kept.rows {
            let line: JSONValue = [
                "kept": .string("\(row.part)/\(row.key)"), "value": .string(row.value),
            ]
            try sink(Array(line.text().utf8))
        }
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
        case record(index: Int64, bytes: ArraySlice<UInt8>, payloads: [StoredPayload])
        case pruned(index: Int64, leaf: Digest)
        case kept(KeptState.Row)
        case checkpoint(String)
        case malformed
    }

    /// Only what stands before the record is parsed; no text can hold the marker, its quotes would be escaped.
    static func read(_ line: [UInt8]) -> Line {
        guard let (before, start) = marker(in: line) else { return other(line) }
        guard let value = try? JSONParser.parse(Array(line[..<before]) + [UInt8(ascii: "}")]),
            let index = value["index"]?.integerValue, line.last == UInt8(ascii: "}"),
            let payloads = value["payloads"]?.objectValue
        else { return .malformed }
        return .record(
            index: index, bytes: line[start..<line.count - 1],
            payloads: payloads.map { name, payload in
                StoredPayload(
                    name: name, salt: Hex.decode(payload["salt"]?.stringValue ?? "") ?? [],
                    bytes: Array((payload["bytes"]?.stringValue ?? "").utf8))
            })
    }

    private static func other(_ line: [UInt8]) -> Line {
        guard let value = try? JSONParser.parse(line) else { return .malformed }
        if value["format"] != nil { return .head(value) }
        if let index = value["index"]?.integerValue,
            let leaf = value["leaf"]?.stringValue.flatMap({ Digest(hex: $0) })
        {
            return .pruned(index: index, leaf: leaf)
        }
        if let name = value["kept"]?.stringValue, let text = value["value"]?.stringValue,
            let slash = name.firstIndex(of: "/")
        {
            return .kept(
                KeptState.Row(
                    part: String(name[..<slash]), key: String(name[name.index(after: slash)...]),
                    value: text))
        }
        return value["checkpoint"]?.stringValue.map(Line.checkpoint) ?? .malformed
    }

    /// Where the first marker begins and ends.
    private static func marker(in line: [UInt8]) -> (Int, Int)? {
        line.withUnsafeBytes { line in
            guard let base = line.baseAddress else { return nil }
            for start in 0..<max(0, line.count - marker.count)
            where line[start] == marker[0] && memcmp(base + start, marker, marker.count) == 0 {
                return (start, start + marker.count)
            }
            return nil
        }
    }
}

extension JournalVerifier {
    /// Verifies a whole export of the form `jsonl`, given line by line, without any database.
    ///
    /// Without keys of its own it believes those that the export names, which shows damage but no forgery.
    package func verify(export lines: some Sequence<[UInt8]>) -> VerificationReport {
        var signed = CheckpointCheck(keys: keys)
        var records = RecordBatch()
        var faults: [VerificationFault] = []
        var notes: [String] = []
        var pruned = PrunedPrefix()
        var kept: [KeptState.Row] = []
        for line in lines where !line.isEmpty {
            switch JournalExport.read(line) {
            case .head(let head):
                let named = head["vkeys"]?.arrayValue?.compactMap { $0.stringValue } ?? []
                if keys.isEmpty {
                    signed = CheckpointCheck(keys: named.compactMap { NoteVerifier(vkey: $0) })
                }
            case .record(let index, let bytes, let payloads):
                for payload in payloads {
                    records.add(
                        RecordBatch.Payload(
                            name: records.keep(Array(payload.name.utf8)),
                            salt: records.keep(payload.salt), bytes: records.keep(payload.bytes)))
                }
                records.add(index: index, bytes: records.keep(Array(bytes)), columns: nil)
            case .pruned(let index, let leaf):
                if index == pruned.cut {
                    pruned.leaves.append(leaf)
                } else {
                    pruned.faults.append(
                        VerificationFault(
                            .wrongCut, index: pruned.cut, "the hash of this record is gone"))
                }
            case .kept(let row): kept.append(row)
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
        pruned.kept = KeptState(kept)
        var check = LogCheck(checkpoints: signed.good, pruned: pruned, foldsState: false)
        check.take(records)
        var report = check.finish()
        for fault in faults + signed.faults { report.add(fault) }
        return report
    }
}
