import BelayCompiler
import BelayEngine
import Cryptography
import JSON

extension StoreCore {
    /// Takes a delivery: each incident is new, a repeat in the same words, or a repeat in others.
    mutating func accept(
        _ delivery: AcceptedDelivery, _ tables: some StateTables
    ) throws(StoreError) -> [Acceptance] {
        for part in delivery.rejected {
            try append(
                RecordDraft(
                    .incidentRejected, actor: delivery.actor, item: part.index,
                    payloads: [.message(part.message)]),
                target: nil, tables)
        }
        var answers: [Acceptance] = []
        for incident in delivery.incidents {
            answers.append(try accept(incident, of: delivery, tables))
        }
        return answers
    }

    private mutating func accept(
        _ new: NewIncident, of delivery: AcceptedDelivery, _ tables: some StateTables
    ) throws(StoreError) -> Acceptance {
        let key = identity.hash(delivery: new.delivery, of: delivery.source)
        let known = try tables.incident(delivery: key)
        let id = known?.id ?? UUIDv7.make(world)
        let repeats = try known.map { incident throws(StoreError) in
            try self.repeats(new, incident, tables)
        }
        let kind: RecordKind =
            switch repeats {
            case nil: new.resolvesProblem ? .incidentResolved : .incidentAccepted
            case true?: .incidentDuplicate
            case false?: .incidentUpdated
            }
        let problem = identity.hash(fingerprint: new.fingerprint, of: delivery.source)
        let receipt = try append(
            RecordDraft(
                kind, actor: delivery.actor, incident: id,
                payloads: repeats == true ? [] : payloads(of: new, delivery.source)),
            target: problem, idem: key.hex, tables)
        switch repeats {
        case true?: return .duplicate(id: id)
        case false?: return .updated(id: id)
        case nil:
            let row = FoldedIncident(
                id: id, resolvesProblem: new.resolvesProblem, phase: .received, reason: nil,
                bodyIndex: receipt.index)
            try tables.insert(
                row,
                IncidentDoor(
                    index: receipt.index, delivery: key, problem: problem, startedAt: new.startedAt,
                    receivedAt: receipt.at))
            return .accepted(id: id)
        }
    }

    /// Whether a repeat says what was said before. What was forgotten is not taken in a second time.
    private func repeats(
        _ new: NewIncident, _ known: FoldedIncident, _ tables: some StateTables
    ) throws(StoreError) -> Bool {
        guard let payload = try tables.payload(known.bodyIndex, DeliveryPayload.name) else {
            return true
        }
        return payload.value?["content"]?.stringValue == new.content.hex
    }

    private func payloads(of new: NewIncident, _ source: String) -> [PayloadDraft] {
        [PayloadDraft(IncidentPayload.name, new.body), DeliveryPayload.draft(new, source)]
    }
}

/// The payload that holds an incident's body.
enum IncidentPayload {
    static let name = "incident"
}

/// The payload that holds what an incident's row was made of, so that the row can be verified.
enum DeliveryPayload {
    static let name = "delivery"

    static func draft(_ new: NewIncident, _ source: String) -> PayloadDraft {
        PayloadDraft(
            name,
            [
                "content": .string(new.content.hex), "delivery": .string(new.delivery),
                "fingerprint": .string(new.fingerprint), "source": .string(source),
                "started_at": .string(new.startedAt.rfc3339),
            ])
    }
}
