import BelayCompiler
import BelayEngine
import Cryptography
import FoundationEssentials
import GRDB

extension Digest {
    var blob: Data { withUnsafeBytes { Data($0) } }
}

extension [UInt8] {
    var blob: Data { Data(self) }
}

extension Row {
    /// The bytes of a blob column; text and numbers give none.
    func bytes(_ column: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: column) { $0.map { [UInt8]($0) } }) ?? []
    }

    func digest(_ column: Int) -> Digest? { Digest(bytes(column)) }

    func time(_ column: Int) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(microseconds:))
    }
}

extension RunRow {
    static let columns =
        "id, incident, runbook, program, rule, phase, reason, epoch, owner, wake_at, created_at, recoveries"

    /// A row of `columns`. What no writer of ours could have written reads as a failed run, for `verify` to name.
    init(row: Row) {
        self.init(
            id: row[0], incident: row[1],
            runbook: RunbookReference(
                name: row[2], program: row.digest(3) ?? SHA256.hash([])),
            rule: row[4], phase: RunPhase(rawValue: row[5]) ?? .failed, reason: row[6],
            epoch: row[7], owner: row[8], wakeAt: row.time(9),
            createdAt: row.time(10) ?? Timestamp(microseconds: 0), recoveries: row[11])
    }

    /// A row of `columns`.
    init(row: RawRow) {
        self.init(
            id: row.text(0), incident: row.text(1),
            runbook: RunbookReference(name: row.text(2), program: row.digest(3)),
            rule: row.text(4), phase: RunPhase(rawValue: row.text(5)) ?? .failed,
            reason: row.optional(6, row.text), epoch: Int(row.integer(7)),
            owner: row.optional(8, row.text), wakeAt: row.optional(9, row.time),
            createdAt: row.time(10), recoveries: Int(row.integer(11)))
    }

    /// When a run may be claimed, for the index: `nil` is never.
    var dueAt: Int64? {
        switch phase {
        case .ready: (wakeAt ?? createdAt).microseconds
        case .waiting: wakeAt?.microseconds
        default: nil
        }
    }
}

extension FoldedIncident {
    static let columns = "id, resolves, phase, reason, body_idx"

    /// A row of `columns`.
    init(row: Row) {
        self.init(
            id: row[0], resolvesProblem: row[1],
            phase: IncidentPhase(rawValue: row[2]) ?? .decided, reason: row[3],
            bodyIndex: row[4])
    }

    /// A row of `columns`.
    init(row: RawRow) {
        self.init(
            id: row.text(0), resolvesProblem: row.integer(1) != 0,
            phase: IncidentPhase(rawValue: row.text(2)) ?? .decided,
            reason: row.optional(3, row.text), bodyIndex: row.integer(4))
    }
}
