import BelayCompiler
package import Cryptography
import JSON

extension JournalRecord {
    /// RFC 8785 canonical JSON: members in the order of their names, absent ones left out.
    package func canonicalBytes() -> [UInt8] {
        var writer = RecordWriter()
        writer.open()
        writer.member("actor", actor.description)
        writer.member("at", at.rfc3339)
        writer.member("attempt", attempt)
        writer.member("boot", boot)
        writer.member("caused_by", causedBy)
        writer.member("epoch", epoch)
        if let error {
            writer.open("error")
            writer.member("class", error.class)
            writer.member("code", error.code)
            writer.close()
        }
        writer.member("id", id)
        writer.member("idem", idem)
        writer.member("incident", incident)
        writer.member("input", commitment("input"))
        writer.member("item", item)
        writer.member("kind", kind.rawValue)
        writer.member("log", log)
        writer.member("node", node)
        writer.member("outcome", outcome)
        writer.member("output", commitment("output"))
        writeOtherCommitments(&writer)
        writer.member("prev", prev)
        writer.member("provider", provider)
        writer.member("reason", reason)
        writer.member("rule", rule)
        writer.member("run", run)
        if let runbook {
            writer.open("runbook")
            writer.member("name", runbook.name)
            writer.member("sha256", runbook.program)
            writer.close()
        }
        writer.member("step", step)
        writer.member("target", target)
        writer.member("v", JournalRecord.version)
        writer.close()
        return writer.bytes
    }

    /// The commitment to the payload of that name.
    package func commitment(_ name: String) -> Digest? {
        commitments.first { $0.name.utf8.elementsEqual(name.utf8) }?.hash
    }

    static let ownMembers: Set<String> = ["input", "output"]

    private func writeOtherCommitments(_ writer: inout RecordWriter) {
        let others = commitments.filter { !Self.ownMembers.contains($0.name) }
        guard !others.isEmpty else { return }
        writer.open("payloads")
        for other in others { writer.member(named: other.name, other.hash) }
        writer.close()
    }
}

extension JournalRecord {
    /// Reads a record strictly: every member known and of its form, and the bytes exactly the canonical ones.
    package init(canonical bytes: [UInt8]) throws(RecordFault) {
        if let record = bytes.withUnsafeBufferPointer({ RecordView($0)?.record }) {
            self = record
            return
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(bytes) } catch {
            throw RecordFault("no JSON: \(error)")
        }
        guard case .object(let object) = value else { throw RecordFault("not an object") }
        self = try RecordReader.record(object)
        guard canonicalBytes() == bytes else { throw RecordFault("not in canonical form") }
    }
}

/// Why bytes are no journal record.
package struct RecordFault: Error, Sendable, Hashable {
    package var message: String

    package init(_ message: String) { self.message = message }
}
