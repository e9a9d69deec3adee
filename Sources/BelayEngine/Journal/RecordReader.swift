import BelayCompiler
import Cryptography
import JSON

/// Takes a record's members apart; whatever is left or has another form is a fault.
struct RecordReader {
    private var members: [String: JSONValue]
    private let path: String

    static func record(_ object: JSONObject) throws(RecordFault) -> JournalRecord {
        var reader = RecordReader(object)
        guard try reader.integer("v") == JournalRecord.version else {
            throw RecordFault("not version \(JournalRecord.version)")
        }
        let record = JournalRecord(
            id: try reader.required("id"), log: try reader.required("log"),
            at: try reader.time("at"), node: try reader.required("node"),
            boot: try reader.required("boot"), kind: try reader.kind(), actor: try reader.actor(),
            incident: try reader.text("incident"), run: try reader.text("run"),
            step: try reader.text("step"), item: try reader.integer("item"),
            attempt: try reader.integer("attempt"), epoch: try reader.integer("epoch"),
            runbook: try reader.runbook(), rule: try reader.text("rule"),
            provider: try reader.text("provider"), target: try reader.digest("target"),
            idem: try reader.text("idem"), outcome: try reader.text("outcome"),
            error: try reader.error(), reason: try reader.text("reason"),
            causedBy: try reader.text("caused_by"), commitments: try reader.commitments(),
            prev: try reader.digest("prev"))
        try reader.finish()
        return record
    }

    private init(_ object: JSONObject, path: String = "") {
        members = [:]
        members.reserveCapacity(object.count)
        for (name, value) in object { members[name] = value }
        self.path = path
    }

    private func fault(_ name: String, _ wanted: String) -> RecordFault {
        RecordFault("`\(path)\(name)` is not \(wanted)")
    }

    private mutating func text(_ name: String) throws(RecordFault) -> String? {
        guard let value = members.removeValue(forKey: name) else { return nil }
        guard case .string(let text) = value else { throw fault(name, "text") }
        return text
    }

    private mutating func required(_ name: String) throws(RecordFault) -> String {
        guard let text = try text(name) else { throw fault(name, "there") }
        return text
    }

    private mutating func integer(_ name: String) throws(RecordFault) -> Int? {
        guard let value = members.removeValue(forKey: name) else { return nil }
        guard case .integer(let number) = value else { throw fault(name, "an integer") }
        return Int(number)
    }

    private mutating func digest(_ name: String) throws(RecordFault) -> Digest? {
        guard let text = try text(name) else { return nil }
        guard let digest = Digest(hex: text) else { throw fault(name, "a hash") }
        return digest
    }

    private mutating func time(_ name: String) throws(RecordFault) -> Timestamp {
        guard let time = Timestamp(rfc3339: try required(name)) else {
            throw fault(name, "a time")
        }
        return time
    }

    private mutating func kind() throws(RecordFault) -> RecordKind {
        guard let kind = RecordKind(rawValue: try required("kind")) else {
            throw fault("kind", "known")
        }
        return kind
    }

    private mutating func actor() throws(RecordFault) -> RecordActor {
        guard let actor = RecordActor(try required("actor")) else {
            throw fault("actor", "an actor")
        }
        return actor
    }

    private mutating func object(_ name: String) throws(RecordFault) -> RecordReader? {
        guard let value = members.removeValue(forKey: name) else { return nil }
        guard case .object(let object) = value else { throw fault(name, "an object") }
        return RecordReader(object, path: "\(name).")
    }

    private mutating func runbook() throws(RecordFault) -> RunbookReference? {
        guard var reader = try object("runbook") else { return nil }
        let name = try reader.required("name")
        guard let program = try reader.digest("sha256") else {
            throw reader.fault("sha256", "there")
        }
        try reader.finish()
        return RunbookReference(name: name, program: program)
    }

    private mutating func error() throws(RecordFault) -> RecordError? {
        guard var reader = try object("error") else { return nil }
        let error = RecordError(
            class: try reader.required("class"), code: try reader.text("code"))
        try reader.finish()
        return error
    }

    private mutating func commitments() throws(RecordFault) -> [Commitment] {
        var result: [Commitment] = []
        for name in ["input", "output"] {
            if let hash = try digest(name) { result.append(Commitment(name: name, hash: hash)) }
        }
        if var others = try object("payloads") {
            for name in others.members.keys {
                guard let hash = try others.digest(name) else { continue }
                result.append(Commitment(name: name, hash: hash))
            }
        }
        return result.sortedByName()
    }

    private func finish() throws(RecordFault) {
        if let name = members.keys.min() { throw fault(name, "known") }
    }
}

extension [Commitment] {
    /// In the order of the names' UTF-16 units, which is the canonical one.
    func sortedByName() -> [Commitment] {
        count < 2 ? self : sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }
}
