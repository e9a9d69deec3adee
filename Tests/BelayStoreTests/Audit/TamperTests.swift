import BelayEngine
import BelayStore
import Cryptography
import Foundation
import GRDB
import Testing

/// The list of `verify`'s duties: each manipulation is named with its kind and its first index.
@Suite struct TamperTests {
    @Test func anUntouchedJournalIsSound() async throws {
        let journal = try await SoundJournal()
        let report = try journal.verify()
        #expect(report.faults == [])
        #expect(report.records == SoundJournal.count)
        #expect(report.checkpoint?.size == SoundJournal.count)
        #expect(report.unsigned == 0)
        #expect(report.forgotten + report.missing == 0)
    }

    @Test func aChangedByteOfARecord() async throws {
        let journal = try await SoundJournal()
        try journal.forger.replace(
            "succeeded", "succeedee", at: SoundJournal.result, covering: false)
        #expect(try journal.firstFault() == "changed_record 7")
        let fault = try #require(try journal.verify().faults.first)
        #expect(fault.id?.count == 36)
    }

    @Test func aChangedByteThatIsNoRecordAnyMore() async throws {
        let journal = try await SoundJournal()
        var bytes = try journal.forger.bytes(of: SoundJournal.intent)
        bytes[0] = 0x5b
        try journal.forger.write(bytes, at: SoundJournal.intent, covering: true)
        #expect(try journal.firstFault() == "changed_record 6")
    }

    @Test func aChangedByteWithItsHashMadeGood() async throws {
        let journal = try await SoundJournal()
        try journal.forger.replace(
            "succeeded", "succeedee", at: SoundJournal.result, covering: true)
        #expect(try journal.firstFault() == "broken_chain 8")
        let kinds = try journal.verify().faults.map(\.kind)
        #expect(kinds.contains(.notWhatWasSigned))
    }

    @Test func theLastRecordOfAChainWithItsHashMadeGood() async throws {
        let journal = try await SoundJournal()
        try journal.forger.replace(
            "succeeded", "resolved!", at: SoundJournal.finished, covering: true)
        #expect(try journal.firstFault() == "not_what_was_signed 6")
    }

    @Test func aChangedByteOfAPayload() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql(
            "UPDATE payload SET bytes = ? WHERE idx = ?",
            [Data(#"{"freed":2049}"#.utf8), SoundJournal.result])
        #expect(try journal.firstFault() == "changed_payload 7")
    }

    @Test func aChangedSalt() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql(
            "UPDATE payload SET salt = ? WHERE idx = ?", [Data(count: 16), SoundJournal.intent])
        #expect(try journal.firstFault() == "changed_payload 6")
    }

    @Test func anAddedPayload() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql(
            "INSERT INTO payload VALUES (?, 'message', ?, ?)",
            [SoundJournal.created, Data(count: 16), Data("\"x\"".utf8)])
        #expect(try journal.firstFault() == "strange_payload 2")
    }

    @Test(arguments: [0, SoundJournal.result] as [Int64]) func aDeletedRecord(_ index: Int64)
        async throws
    {
        let journal = try await SoundJournal()
        try journal.forger.sql("DELETE FROM record WHERE idx = ?", [index])
        try journal.forger.sql("DELETE FROM payload WHERE idx = ?", [index])
        #expect(try journal.firstFault() == "missing_record \(index)")
    }

    @Test func theLastRecordDeleted() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql("DELETE FROM record WHERE idx = ?", [SoundJournal.count - 1])
        #expect(try journal.firstFault() == "truncated 13")
    }

    @Test func twoRecordsSwapped() async throws {
        let journal = try await SoundJournal()
        let (a, b) = (SoundJournal.intent, SoundJournal.result)
        for table in ["record", "payload"] {
            try journal.forger.sql("UPDATE \(table) SET idx = -1 WHERE idx = ?", [a])
            try journal.forger.sql("UPDATE \(table) SET idx = ? WHERE idx = ?", [a, b])
            try journal.forger.sql("UPDATE \(table) SET idx = ? WHERE idx = -1", [b])
        }
        #expect(try journal.firstFault() == "broken_chain 6")
    }

    @Test func aRecordInsertedWithItsChainMadeGood() async throws {
        let journal = try await SoundJournal()
        try journal.forger.insertCopy(at: SoundJournal.finished)
        #expect(try journal.firstFault() == "not_what_was_signed 6")
    }

    @Test func theTailCutOff() async throws {
        let journal = try await SoundJournal()
        let size = SoundJournal.signed[1]
        try journal.forger.sql("DELETE FROM record WHERE idx >= ?", [size])
        try journal.forger.sql("DELETE FROM payload WHERE idx >= ?", [size])
        try journal.forger.sql("DELETE FROM checkpoint WHERE size > ?", [size])
        #expect(try journal.firstFault() == "truncated 9")
    }

    @Test func anOldDatabasePutBack() async throws {
        let journal = try await SoundJournal()
        try journal.copy(to: "old.db")
        let remembered = try #require(journal.files.keptNote())
        do {
            let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
            _ = try await store.incident("d9", fingerprint: "f9")
            await store.close()
        }
        #expect(try journal.verify(remembered: [remembered]).isSound)
        let newest = try #require(journal.files.keptNote())
        try journal.putBack("old.db", [""])
        #expect(try journal.firstFault() == "truncated 14")
        // With its own checkpoint file put back too, only a checkpoint kept elsewhere tells.
        try journal.putBack("old.db", ["", ".checkpoint"])
        #expect(try journal.firstFault() == "sound")
        #expect(try journal.verify(remembered: [newest]).faults.map(\.kind) == [.truncated])
    }

    @Test func anEditedCheckpoint() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql(
            "UPDATE checkpoint SET note = replace(note, char(10) || '9' || char(10), char(10) || '8' || char(10))"
        )
        #expect(try journal.firstFault() == "bad_checkpoint 8")
    }

    @Test func anEditedCheckpointFile() async throws {
        let journal = try await SoundJournal()
        let note = try #require(journal.files.keptNote()).replacing("\n14\n", with: "\n13\n")
        try Data(note.utf8).write(to: URL(filePath: journal.files.checkpoint))
        #expect(try journal.firstFault() == "bad_checkpoint 13")
        try FileManager.default.removeItem(atPath: journal.files.checkpoint)
        #expect(try journal.firstFault() == "missing_checkpoint_file ")
    }

    @Test func aCheckpointByAnotherKey() async throws {
        let journal = try await SoundJournal()
        let note = try SignedNote(try #require(journal.files.keptNote()))
        let origin = try #require(Checkpoint(text: note.text)).origin
        let signer = try #require(NoteSigner(name: origin, key: .random()))
        let forged = SignedNote(signing: note.text, by: signer).note
        try journal.forger.sql("UPDATE checkpoint SET note = ? WHERE size = 14", [forged])
        try Data(forged.utf8).write(to: URL(filePath: journal.files.checkpoint))
        #expect(try journal.firstFault() == "bad_checkpoint 14")
        let report = try JournalVerifier(keys: [signer.verifier]).verify(path: journal.path)
        #expect(report.faults.map(\.kind) == [.badCheckpoint, .badCheckpoint])
    }

    @Test func aShorterTreeSignedAgain() async throws {
        let journal = try await SoundJournal()
        let skey = try String(contentsOf: URL(filePath: journal.files.key), encoding: .utf8)
        let signer = try #require(NoteSigner(skey: String(skey.dropLast())))
        let leaves = try (0..<7).map { MerkleHash.leaf(try journal.forger.bytes(of: $0)) }
        let short = Checkpoint(
            origin: signer.name, size: 7, root: MerkleTree(leaves: leaves).root)
        try journal.forger.sql(
            "INSERT INTO checkpoint(size, at, note) VALUES (7, 0, ?)",
            [SignedNote(signing: short.text, by: signer).note])
        #expect(try journal.firstFault() == "shorter_checkpoint 7")
    }

    @Test func aRemovedPayloadIsLostAndSaidSo() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql("DELETE FROM payload WHERE idx = ?", [SoundJournal.result])
        let report = try journal.verify()
        #expect(report.isSound)
        #expect(report.missing == 1)
        #expect(report.forgotten == 0)
    }

    @Test func whatWasForgottenByOrderVerifies() async throws {
        let journal = try await SoundJournal()
        do {
            let store = try await SQLiteStore.open(path: journal.path, world: journal.world)
            let count = try await store.forget(incident: journal.incident, actor: .person("ann"))
            #expect(count == 4)
            await store.close()
        }
        let report = try journal.verify()
        #expect(report.faults == [])
        #expect(report.forgotten == 4)
        #expect(report.missing == 0)
    }

    @Test(arguments: [
        ("run", "UPDATE run SET phase = 'failed' WHERE id = 'r1'"),
        ("run", "UPDATE run SET epoch = 9 WHERE id = 'r2'"),
        ("run", "DELETE FROM run WHERE id = 'r2'"),
        ("incident", "UPDATE incident SET phase = 'received'"),
        ("incident", "UPDATE incident SET started_at = 0"),
        ("incident", "UPDATE incident SET delivery = problem"),
        (
            "ledger",
            "INSERT INTO ledger VALUES (99, 'r2', 'budget', x'00', 'k', 'r', 'committed', 0)"
        ),
        ("target", "UPDATE target SET name = 'db'"),
        ("target", "DELETE FROM target"),
        ("pause", "DELETE FROM pause"),
        ("pause", "UPDATE pause SET scope = 'runbook/cache'"),
        ("record", "UPDATE record SET kind = 'step.skipped' WHERE idx = 7"),
    ]) func stateThatNoRecordMade(_ table: String, _ sql: String) async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql(sql)
        let fault = try #require(try journal.verify().faults.first)
        #expect(fault.kind == .changedState)
        #expect(fault.table == table)
    }

    @Test func aChangedProgram() async throws {
        let journal = try await SoundJournal()
        try journal.forger.sql("UPDATE program SET bytes = x'00'")
        #expect(try journal.firstFault() == "changed_program program")
        try journal.forger.sql("DELETE FROM program")
        #expect(try journal.firstFault() == "changed_program program")
    }

    @Test func aDamagedPage() async throws {
        let journal = try await SoundJournal()
        let (page, size) = try journal.forger.change { db in
            (
                try #require(
                    try Int.fetchOne(
                        db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'record_id'")),
                try #require(try Int.fetchOne(db, sql: "PRAGMA page_size"))
            )
        }
        let file = try FileHandle(forUpdating: URL(filePath: journal.path))
        try file.seek(toOffset: UInt64((page - 1) * size + size - 40))
        try file.write(contentsOf: Data(repeating: 0x55, count: 20))
        try file.close()
        #expect(try journal.verify().faults.map(\.kind).contains(.damagedFile))
    }
}

extension SoundJournal {
    /// Puts copied files in the place of the store's own.
    func putBack(_ name: String, _ suffixes: [String]) throws {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        for suffix in suffixes {
            try FileManager.default.removeItem(atPath: path + suffix)
            try FileManager.default.copyItem(
                atPath: folder.path + "/" + name + suffix, toPath: path + suffix)
        }
    }
}
