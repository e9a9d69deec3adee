import BelayCompiler
import BelayEngine
import Cryptography
import Dispatch
import Glibc
import Synchronization

/// What can be said of records by themselves, which is most of the work and is done side by side.
struct RecordExamination: Sendable {
    /// One record's part.
    struct Examined: Sendable {
        var index: Int64
        var leaf: Digest
        var hash: Digest
        var chain: ChainKey?
        var prev: Digest?
        var kind: RecordKind?
        /// The place in `records` of one whose record the fold or the report needs.
        var record: Int?
        /// Payloads that are gone.
        var gone = 0
        var faults: [VerificationFault] = []
    }

    private(set) var examined: [Examined] = []
    private(set) var records: [JournalRecord] = []

    private init() {}

    /// Examines a batch on all cores; the parts are in order.
    static func examine(_ batch: RecordBatch, slices: Int = 4) -> [RecordExamination] {
        let slices = max(1, min(slices, batch.count / 64))
        let results = Locked([RecordExamination](repeating: RecordExamination(), count: slices))
        DispatchQueue.concurrentPerform(iterations: slices) { slice in
            let range = batch.count * slice / slices..<batch.count * (slice + 1) / slices
            var part = RecordExamination()
            part.examine(range, of: batch)
            results.set(part, at: slice)
        }
        return results.all
    }

    private mutating func examine(_ range: Range<Int>, of batch: RecordBatch) {
        examined.reserveCapacity(range.count)
        batch.withBuffer { buffer in
            for place in range { examine(batch.entries[place], batch, buffer) }
        }
    }

    private mutating func examine(
        _ entry: RecordBatch.Entry, _ batch: RecordBatch, _ buffer: UnsafeRawBufferPointer
    ) {
        let bytes = buffer[entry.bytes]
        var found = Examined(
            index: entry.index, leaf: MerkleHash.leaf(bytes), hash: SHA256.hash(bytes))
        let view = bytes.withMemoryRebound(to: UInt8.self) { RecordView($0) }
        if let view {
            take(view, entry, &found, buffer)
        } else {
            takeSlowly(Array(bytes), entry, &found, buffer)
        }
        if found.chain != nil { checkPayloads(view, entry, batch, &found, buffer) }
        examined.append(found)
    }

    /// A record in plain canonical form: no copy of it is made unless the fold needs one.
    private mutating func take(
        _ view: RecordView, _ entry: RecordBatch.Entry, _ found: inout Examined,
        _ buffer: UnsafeRawBufferPointer
    ) {
        found.chain = ChainKey(view.chain)
        found.prev = view.prev
        found.kind = view.kind
        if FoldedState.needs(view.kind) { keep(view.record, &found) }
        guard let columns = entry.columns else { return }
        let agrees =
            Self.equal(view.id, buffer[columns.id]) && Self.equal(view.chain, buffer[columns.chain])
            && view.kind.rawValue.utf8.elementsEqual(buffer[columns.kind])
            && view.at.microseconds == columns.at
        check(columns, agrees, &found, buffer) { view.record.id }
    }

    /// Whatever the quick reader does not accept: it may be sound all the same.
    private mutating func takeSlowly(
        _ bytes: [UInt8], _ entry: RecordBatch.Entry, _ found: inout Examined,
        _ buffer: UnsafeRawBufferPointer
    ) {
        do throws(RecordFault) {
            let record = try JournalRecord(canonical: bytes)
            found.chain = ChainKey(record.chain)
            found.prev = record.prev
            found.kind = record.kind
            keep(record, &found)
            guard let columns = entry.columns else { return }
            let agrees =
                record.id.utf8.elementsEqual(buffer[columns.id])
                && record.chain.utf8.elementsEqual(buffer[columns.chain])
                && record.kind.rawValue.utf8.elementsEqual(buffer[columns.kind])
                && record.at.microseconds == columns.at
            check(columns, agrees, &found, buffer) { record.id }
        } catch {
            found.faults.append(
                VerificationFault(.changedRecord, index: entry.index, error.message))
        }
    }

    private func check(
        _ columns: RecordBatch.Columns, _ agrees: Bool, _ found: inout Examined,
        _ buffer: UnsafeRawBufferPointer, id: () -> String
    ) {
        if Digest(buffer[columns.leaf]) != found.leaf {
            found.faults.append(
                VerificationFault(
                    .changedRecord, index: found.index, id: id(),
                    "its bytes are not those that were hashed when it was written"))
        }
        if !agrees {
            found.faults.append(
                VerificationFault(
                    .changedState, index: found.index, id: id(), table: "record",
                    "id, chain, kind or at of the row are not those of the record"))
        }
    }

    private mutating func keep(_ record: JournalRecord, _ found: inout Examined) {
        guard found.record == nil else { return }
        found.record = records.count
        records.append(record)
    }

    // MARK: Payloads

    private mutating func checkPayloads(
        _ view: RecordView?, _ entry: RecordBatch.Entry, _ batch: RecordBatch,
        _ found: inout Examined, _ buffer: UnsafeRawBufferPointer
    ) {
        let kept = found.record.map { records[$0] }
        var present = 0
        for place in entry.payloads {
            let payload = batch.payloads[place]
            let wanted = buffer[payload.name].withMemoryRebound(to: UInt8.self) { name in
                view.map { $0.commitment(name) }
                    ?? kept?.commitment(String(decoding: name, as: UTF8.self))
            }
            let name = { String(decoding: buffer[payload.name], as: UTF8.self) }
            let id = { view?.record.id ?? kept?.id }
            guard let wanted else {
                found.faults.append(
                    VerificationFault(
                        .strangePayload, index: entry.index, id: id(),
                        "payload \(name()) is not in the record"))
                continue
            }
            present += 1
            let commitment = HMACSHA256.authenticate(
                buffer[payload.bytes], key: buffer[payload.salt])
            guard commitment != wanted else { continue }
            found.faults.append(
                VerificationFault(
                    .changedPayload, index: entry.index, id: id(),
                    "payload \(name()) does not fit its commitment"))
        }
        let promised = view?.commitmentCount ?? kept?.commitments.count ?? 0
        found.gone = promised - present
        if found.gone > 0, let view { keep(view.record, &found) }
    }

    private static func equal(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeRawBufferPointer
    ) -> Bool {
        guard a.count == b.count, let a = a.baseAddress, let other = b.baseAddress else {
            return a.count == b.count
        }
        return memcmp(a, other, b.count) == 0
    }
}

/// Results of parallel work, one place for each part.
private final class Locked: Sendable {
    private let values: Mutex<[RecordExamination]>

    init(_ values: [RecordExamination]) { self.values = Mutex(values) }

    func set(_ value: RecordExamination, at place: Int) { values.withLock { $0[place] = value } }

    var all: [RecordExamination] { values.withLock { $0 } }
}
