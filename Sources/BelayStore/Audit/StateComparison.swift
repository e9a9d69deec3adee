import BelayCompiler
import BelayEngine
import Cryptography
import GRDB
import JSON

/// Compares the state tables with what the records make of them, row by row.
///
/// Not compared are the columns that only say when to look again (`wake_at`, `due_at`, `lease_until`) and counters.
struct StateComparison {
    let db: Database
    let state: FoldedState

    func faults() throws -> [VerificationFault] {
        guard let meta = try LogMeta.read(db) else {
            return [VerificationFault(.changedState, table: "meta", "the log's name is gone")]
        }
        let identity = LogIdentity(log: meta.log, node: "", boot: "", pepper: meta.pepper)
        return try runs() + incidents() + ledger(identity) + targets(identity) + pauses(identity)
            + programs()
    }

    private func fault(_ table: String, _ id: String, _ detail: String) -> VerificationFault {
        VerificationFault(.changedState, id: id, table: table, detail)
    }

    private func runs() throws -> [VerificationFault] {
        var left = state.runs
        var faults: [VerificationFault] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT \(RunRow.columns) FROM run ORDER BY id")
        while let row = try rows.next() {
            var run = RunRow(row: row)
            run.wakeAt = nil
            var wanted = left.removeValue(forKey: run.id)
            wanted?.wakeAt = nil
            if run != wanted {
                faults.append(fault("run", run.id, "it is not what its records say"))
            }
        }
        return faults + left.keys.sorted().map { fault("run", $0, "the row is gone") }
    }

    private func incidents() throws -> [VerificationFault] {
        var left = state.incidents
        var faults: [VerificationFault] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(FoldedIncident.columns), delivery, problem, received_at, started_at,
                    (SELECT bytes FROM payload p WHERE p.idx = incident.idx AND name = '\(DeliveryPayload.name)')
                    FROM incident ORDER BY id
                """)
        while let row = try rows.next() {
            let incident = FoldedIncident(row: row)
            guard let wanted = left.removeValue(forKey: incident.id) else {
                faults.append(fault("incident", incident.id, "no record has accepted it"))
                continue
            }
            let agrees =
                incident == wanted.folded && row.digest(5)?.hex == wanted.delivery
                && row.digest(6) == wanted.problem && row.time(7) == wanted.receivedAt
                && startAgrees(row)
            if !agrees {
                faults.append(fault("incident", incident.id, "it is not what its records say"))
            }
        }
        return faults + left.keys.sorted().map { fault("incident", $0, "the row is gone") }
    }

    /// The start is in a payload; once that is forgotten nobody can say. An update does not move it.
    private func startAgrees(_ row: Row) -> Bool {
        let payload = StoredPayload(name: "", salt: [], bytes: row.bytes(9))
        guard let text = payload.value?["started_at"]?.stringValue else { return true }
        return row.time(8) == Timestamp(rfc3339: text)
    }

    private func ledger(_ identity: LogIdentity) throws -> [VerificationFault] {
        var left = state.ledger
        var faults: [VerificationFault] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT idx, run, kind, name, rule, phase, at, key FROM ledger ORDER BY idx")
        while let row = try rows.next() {
            let index: Int64 = row[0]
            let entry = FoldedState.Entry(
                run: row[1], kind: row[2], key: identity.hash(row[3]), rule: row[4],
                phase: LimitPhase(rawValue: row[5]) ?? .reserved,
                at: row.time(6) ?? Timestamp(microseconds: 0))
            if left.removeValue(forKey: index) != entry || row.digest(7) != entry.key {
                faults.append(fault("ledger", "\(index)", "it is not what its records say"))
            }
        }
        return faults + left.keys.sorted().map { fault("ledger", "\($0)", "the row is gone") }
    }

    private func targets(_ identity: LogIdentity) throws -> [VerificationFault] {
        var left = state.targets
        var faults: [VerificationFault] = []
        for row in try Row.fetchAll(db, sql: "SELECT name, run, key FROM target ORDER BY name") {
            let name: String = row[0]
            let key = identity.hash(name)
            if left.removeValue(forKey: key) != row[1] || row.digest(2) != key {
                faults.append(fault("target", name, "no record says that it is held so"))
            }
        }
        return faults
            + left.values.sorted().map { fault("target", $0, "a target of this run is gone") }
    }

    private func pauses(_ identity: LogIdentity) throws -> [VerificationFault] {
        var left = state.pauses
        var faults: [VerificationFault] = []
        for row in try Row.fetchAll(db, sql: "SELECT id, scope, idx FROM pause ORDER BY id") {
            let id: String = row[0]
            let wanted = left.removeValue(forKey: id)
            if wanted?.scope != identity.hash(row[1]) || wanted?.index != row[2] {
                faults.append(fault("pause", id, "no record says that it is in force so"))
            }
        }
        return faults + left.keys.sorted().map { fault("pause", $0, "the row is gone") }
    }

    private func programs() throws -> [VerificationFault] {
        var known: Set<Digest> = []
        var faults: [VerificationFault] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT digest, bytes FROM program")
        while let row = try rows.next() {
            let digest = row.digest(0) ?? MerkleHash.empty
            known.insert(digest)
            if SHA256.hash(row.bytes(1)) != digest {
                faults.append(
                    VerificationFault(
                        .changedProgram, id: digest.hex, table: "program", "its text was changed"))
            }
        }
        let lost = Set(state.runs.values.map(\.runbook.program)).subtracting(known)
        return faults
            + lost.map(\.hex).sorted().map {
                VerificationFault(.changedProgram, id: $0, table: "program", "the row is gone")
            }
    }
}
