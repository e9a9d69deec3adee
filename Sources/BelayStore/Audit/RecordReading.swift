import BelayEngine
import Dispatch
import GRDB
import Synchronization

/// Reads all records of a database in order, with their payloads, batch by batch.
///
/// Only one thread at a time uses it, and the connection is used by nobody else meanwhile.
final class RecordReading {
    /// How many records are read at once.
    private static let batch = 16384

    private let records: RawRows
    private let payloads: RawRows
    private var payloadIndex: Int64?
    /// Payloads of records that are not there.
    private(set) var strays: [VerificationFault] = []

    /// Those from the cut on, of a journal whose beginning was pruned.
    init(_ db: Database, from cut: Int64 = 0) throws {
        let kept = cut > 0 ? "WHERE idx >= \(cut)" : ""
        records = try RawRows(
            db, "SELECT idx, bytes, leaf, id, chain, kind, at FROM record \(kept) ORDER BY idx")
        payloads = try RawRows(
            db, "SELECT idx, name, salt, bytes FROM payload ORDER BY idx, name")
        try advance()
    }

    /// The next records, none at the end.
    func next() throws -> RecordBatch {
        var batch = RecordBatch()
        while batch.count < Self.batch, try records.next() {
            let index = records.integer(0)
            try takePayloads(of: index, &batch)
            batch.add(
                index: index, bytes: batch.keep(records.blob(1)),
                columns: RecordBatch.Columns(
                    id: batch.keep(records.blob(3)), chain: batch.keep(records.blob(4)),
                    kind: batch.keep(records.blob(5)), at: records.integer(6),
                    leaf: batch.keep(records.blob(2))))
        }
        return batch
    }

    private func advance() throws {
        payloadIndex = try payloads.next() ? payloads.integer(0) : nil
    }

    /// The payloads of one record; those of indexes before it belong to none.
    private func takePayloads(of index: Int64, _ batch: inout RecordBatch) throws {
        while let found = payloadIndex, found <= index {
            if found == index {
                batch.add(
                    RecordBatch.Payload(
                        name: batch.keep(payloads.blob(1)), salt: batch.keep(payloads.blob(2)),
                        bytes: batch.keep(payloads.blob(3))))
            } else {
                strays.append(
                    VerificationFault(
                        .strangePayload, index: found, table: "payload",
                        "it belongs to no record"))
            }
            try advance()
        }
    }
}
