import BelayCompiler
import BelayEngine
import Cryptography
import JSON

extension KeptState {
    /// The rows of a folded state; of runs only those named, because the others have no record any more.
    init(_ state: FoldedState, runs: Set<String>, heads: [String: Digest]) {
        var rows: [Row] = []
        func add(_ part: Part, _ key: String, _ value: String) {
            rows.append(Row(part: part.rawValue, key: key, value: value))
        }
        for (chain, head) in heads { add(.chain, chain, head.hex) }
        for (id, incident) in state.incidents { add(.incident, id, incident.kept.text()) }
        for (index, entry) in state.ledger { add(.ledger, "\(index)", entry.kept.text()) }
        for (id, pause) in state.pauses {
            let value: JSONValue = [
                "index": .integer(pause.index), "scope": .string(pause.scope.hex),
            ]
            add(.pause, id, value.text())
        }
        for (id, run) in state.runs where runs.contains(id) { add(.run, id, run.kept.text()) }
        for (target, run) in state.targets { add(.target, target.hex, run) }
        self.init(rows)
    }

    /// The state with which the fold of the kept records begins.
    func state() throws(KeptFault) -> FoldedState {
        var state = FoldedState()
        for row in rows where row.part != Part.chain.rawValue {
            guard let part = Part(rawValue: row.part), state.take(row, of: part) else {
                throw KeptFault(row)
            }
        }
        state.index()
        return state
    }
}

extension FoldedState {
    fileprivate mutating func take(_ row: KeptState.Row, of part: KeptState.Part) -> Bool {
        let value = (try? JSONParser.parse(Array(row.value.utf8))) ?? .null
        switch part {
        case .chain: return false
        case .incident:
            incidents[row.key] = Incident(kept: value, id: row.key)
            return incidents[row.key] != nil
        case .ledger:
            guard let index = Int64(row.key), let entry = Entry(kept: value) else { return false }
            ledger[index] = entry
        case .pause:
            guard let index = value["index"]?.integerValue,
                let scope = value.digest("scope")
            else { return false }
            pauses[row.key] = (scope, index)
        case .run:
            runs[row.key] = RunRow(kept: value, id: row.key)
            return runs[row.key] != nil
        case .target:
            guard let target = Digest(hex: row.key) else { return false }
            targets[target] = row.value
        }
        return true
    }
}

extension RunRow {
    /// All but `wakeAt`, which is not a record's matter.
    fileprivate var kept: JSONValue {
        var object: JSONObject = [
            "created_at": .integer(createdAt.microseconds), "epoch": .integer(Int64(epoch)),
            "incident": .string(incident), "phase": .string(phase.rawValue),
            "program": .string(runbook.program.hex), "recoveries": .integer(Int64(recoveries)),
            "rule": .string(rule), "runbook": .string(runbook.name),
        ]
        object["owner"] = owner.map(JSONValue.string)
        object["reason"] = reason.map(JSONValue.string)
        return .object(object)
    }

    fileprivate init?(kept value: JSONValue, id: String) {
        guard let created = value["created_at"]?.integerValue,
            let epoch = value["epoch"]?.integerValue,
            let incident = value["incident"]?.stringValue,
            let phase = value["phase"]?.stringValue.flatMap(RunPhase.init(rawValue:)),
            let program = value.digest("program"),
            let recoveries = value["recoveries"]?.integerValue,
            let rule = value["rule"]?.stringValue, let runbook = value["runbook"]?.stringValue
        else { return nil }
        self.init(
            id: id, incident: incident, runbook: RunbookReference(name: runbook, program: program),
            rule: rule, phase: phase, reason: value["reason"]?.stringValue, epoch: Int(epoch),
            owner: value["owner"]?.stringValue, createdAt: Timestamp(microseconds: created),
            recoveries: Int(recoveries))
    }
}

extension FoldedState.Incident {
    fileprivate var kept: JSONValue {
        var object: JSONObject = [
            "body_idx": .integer(folded.bodyIndex), "phase": .string(folded.phase.rawValue),
            "received_at": .integer(receivedAt.microseconds),
            "resolves": .bool(folded.resolvesProblem),
        ]
        object["delivery"] = delivery.map(JSONValue.string)
        object["problem"] = problem.map { .string($0.hex) }
        object["reason"] = folded.reason.map(JSONValue.string)
        return .object(object)
    }

    fileprivate init?(kept value: JSONValue, id: String) {
        guard let body = value["body_idx"]?.integerValue,
            let phase = value["phase"]?.stringValue.flatMap(IncidentPhase.init(rawValue:)),
            let received = value["received_at"]?.integerValue,
            case .bool(let resolves)? = value["resolves"]
        else { return nil }
        self.init(
            folded: FoldedIncident(
                id: id, resolvesProblem: resolves, phase: phase,
                reason: value["reason"]?.stringValue, bodyIndex: body),
            delivery: value["delivery"]?.stringValue, problem: value.digest("problem"),
            receivedAt: Timestamp(microseconds: received))
    }
}

extension FoldedState.Entry {
    fileprivate var kept: JSONValue {
        [
            "at": .integer(at.microseconds), "key": .string(key.hex), "kind": .string(kind),
            "phase": .string(phase.rawValue), "rule": .string(rule), "run": .string(run),
        ]
    }

    fileprivate init?(kept value: JSONValue) {
        guard let at = value["at"]?.integerValue, let key = value.digest("key"),
            let kind = value["kind"]?.stringValue,
            let phase = value["phase"]?.stringValue.flatMap(LimitPhase.init(rawValue:)),
            let rule = value["rule"]?.stringValue, let run = value["run"]?.stringValue
        else { return nil }
        self.init(
            run: run, kind: kind, key: key, rule: rule, phase: phase,
            at: Timestamp(microseconds: at))
    }
}

extension JSONValue {
    fileprivate func digest(_ name: String) -> Digest? {
        self[name]?.stringValue.flatMap { Digest(hex: $0) }
    }
}
