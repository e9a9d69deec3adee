import BelayEngine
import BelayStore
import Cryptography
import Foundation
import GRDB
import Testing

/// What `verify` names in a pruned journal: each manipulation of what stays, and of the cut itself.
@Suite struct PruningTamperTests {
    // MARK: The records that stay

    @Test func aChangedByteOfARecord() async throws {
        let journal = try await PrunedJournal()
        let place = PrunedJournal.result
        try journal.forger.replace("succeeded", "succeedee", at: place, covering: false)
        #expect(try journal.faults().first == "changed_record 16")
    }

    @Test func aChangedByteWithItsHashMadeGood() async throws {
        let journal = try await PrunedJournal()
        let place = PrunedJournal.result
        try journal.forger.replace("succeeded", "succeedee", at: place, covering: true)
        let faults = try journal.faults()
        #expect(faults.first == "broken_chain 17")
        #expect(faults.kinds.contains(.notWhatWasSigned))
    }

    @Test func theLastRecordOfAChainWithItsHashMadeGood() async throws {
        let journal = try await PrunedJournal()
        let place = PrunedJournal.finished
        try journal.forger.replace("succeeded", "resolved!", at: place, covering: true)
        #expect(try journal.faults().first == "not_what_was_signed 14")
    }

    @Test func aChangedByteThatIsNoRecordAnyMore() async throws {
        let journal = try await PrunedJournal()
        var bytes = try journal.forger.bytes(of: PrunedJournal.intent)
        bytes[0] = 0x5b
        try journal.forger.write(bytes, at: PrunedJournal.intent, covering: true)
        #expect(try journal.faults().first == "changed_record 15")
    }

    @Test(arguments: [
        ("changed_payload 21", "UPDATE payload SET bytes = '\"x\"' WHERE idx = 21"),
        ("changed_payload 21", "UPDATE payload SET salt = zeroblob(16) WHERE idx = 21"),
        ("strange_payload 15", "INSERT INTO payload VALUES (15, 'message', zeroblob(16), '\"x\"')"),
        ("strange_payload 3", "INSERT INTO payload VALUES (3, 'input', zeroblob(16), '\"x\"')"),
        ("missing_record 14", "DELETE FROM record WHERE idx = 14"),
        ("missing_record 16", "DELETE FROM record WHERE idx = 16"),
        ("truncated 24", "DELETE FROM record WHERE idx = 24"),
        (
            "bad_checkpoint 15",
            """
            UPDATE checkpoint SET note = replace(note, char(10) || '14' || char(10),
                char(10) || '15' || char(10))
            """
        ),
    ]) func whatIsNotAsItWasWritten(_ fault: String, _ sql: String) async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql(sql.replacing("'\"x\"'", with: "CAST('\"x\"' AS BLOB)"))
        let found = try journal.verify().faults.map(name)
        #expect(found.contains(fault), "\(found)")
    }

    @Test func twoRecordsSwapped() async throws {
        let journal = try await PrunedJournal()
        for (from, to) in [(15, -1), (16, 15), (-1, 16)] {
            try journal.forger.sql("UPDATE record SET idx = ? WHERE idx = ?", [to, from])
        }
        #expect(try journal.faults().first == "broken_chain 15")
    }

    @Test func aRecordInsertedWithItsChainMadeGood() async throws {
        let journal = try await PrunedJournal()
        try journal.forger.insertCopy(at: PrunedJournal.finished)
        #expect(try journal.faults().first == "not_what_was_signed 14")
    }

    @Test func theTailCutOff() async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql("DELETE FROM record WHERE idx >= 19")
        try journal.forger.sql("DELETE FROM payload WHERE idx >= 19")
        try journal.forger.sql("DELETE FROM checkpoint WHERE size > 19")
        #expect(try journal.faults().first == "truncated 19")
    }

    @Test(arguments: [
        ("run", "UPDATE run SET phase = 'failed' WHERE id = 'r2'"),
        ("run", "DELETE FROM run WHERE id = 'r2'"),
        (
            "run",
            "INSERT INTO run SELECT 'r1', incident, runbook, program, rule, phase, reason, epoch, owner, wake_at, due_at, lease_until, created_at, recoveries FROM run WHERE id = 'r2'"
        ),
        ("incident", "UPDATE incident SET phase = 'received' WHERE idx = 1"),
        ("incident", "UPDATE incident SET delivery = problem WHERE idx = 1"),
        ("incident", "DELETE FROM incident WHERE idx = 1"),
        ("ledger", "DELETE FROM ledger WHERE run = 'r1'"),
        ("ledger", "UPDATE ledger SET at = 0 WHERE run = 'r2'"),
        ("target", "INSERT INTO target VALUES (x'00', 'db', 'r2')"),
        ("pause", "INSERT INTO pause VALUES ('p', 'all', 12)"),
    ]) func stateThatNoRecordMade(_ table: String, _ sql: String) async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql(sql)
        let fault = try #require(try journal.verify().faults.first)
        #expect(fault.kind == .changedState)
        #expect(fault.table == table)
    }

    private func name(_ fault: VerificationFault) -> String {
        "\(fault.kind.rawValue) \(fault.index.map(String.init) ?? "")"
    }

    // MARK: The cut

    /// Somebody deletes a prefix and tells nobody.
    @Test func aPrefixThatIsJustDeleted() async throws {
        let journal = try await PrunedJournal(prunes: false)
        try journal.forger.sql("DELETE FROM record WHERE idx < 14")
        try journal.forger.sql("DELETE FROM payload WHERE idx < 14")
        #expect(try journal.faults().first == "missing_record 0")
    }

    /// Somebody knows what a pruning leaves and leaves it, without a record: here a real one is taken away again.
    @Test func aPrefixPrunedWithoutARecord() async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql("DELETE FROM record WHERE idx >= ?", [PrunedJournal.order])
        try journal.forgetCheckpoints(above: 24)
        let faults = try journal.faults()
        #expect(faults.first == "unrecorded_cut 14")
        #expect(faults.kinds == [.unrecordedCut])
    }

    /// Somebody writes the record too, but has no key: no checkpoint covers it.
    @Test func aPruningThatNobodySignedFor() async throws {
        let journal = try await PrunedJournal()
        try journal.forgetCheckpoints(above: 24)
        let report = try journal.verify()
        #expect(report.faults.map(name) == ["unrecorded_cut 14"])
        #expect(report.faults.first?.detail.hasSuffix("is not signed for") == true)
    }

    @Test func moreDeletedThanWasRecorded() async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql("DELETE FROM record WHERE idx < 19")
        #expect(try journal.faults().first == "missing_record 14")
    }

    /// With the hashes and the state of a cut that was never ordered: those that another pruning has left.
    @Test func moreDeletedThanWasRecordedAndTheRestMadeGood() async throws {
        let journal = try await PrunedJournal()
        let copy = journal.folder.path + "/further.db"
        try StoreCopy.backup(journal.path, to: copy)
        do {
            let further = try await SQLiteStore.open(path: copy, world: journal.world)
            _ = try await further.prune(recordsBefore: .index(19), actor: .person("eve"))
            await further.close()
        }
        try journal.forger.change { db in
            try db.execute(sql: "DELETE FROM kept_leaf; DELETE FROM kept_state")
        }
        let queue = try DatabaseQueue(path: journal.path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH ? AS further", arguments: [copy])
            for sql in [
                "INSERT INTO kept_leaf SELECT * FROM further.kept_leaf",
                "INSERT INTO kept_state SELECT * FROM further.kept_state",
                "DELETE FROM record WHERE idx < 19", "DELETE FROM run WHERE id = 'r2'",
            ] {
                try db.execute(sql: sql)
            }
        }
        try queue.close()
        let report = try journal.verify()
        #expect(report.faults.map(name) == ["unrecorded_cut 19"])
        #expect(report.faults.first?.detail.hasSuffix("says 19, but 14") == true)
    }

    @Test(arguments: [
        // One hash that is not what was signed for, and what the record says of all of them.
        (
            "not_what_was_signed 0", [VerificationFault.Kind.notWhatWasSigned, .wrongCut],
            "UPDATE kept_leaf SET leaf = zeroblob(32) WHERE idx = 3"
        ),
        ("wrong_cut 3", [.wrongCut], "DELETE FROM kept_leaf WHERE idx = 3"),
        ("wrong_cut 0", [.wrongCut], "UPDATE kept_leaf SET leaf = x'00' WHERE idx = 0"),
        ("missing_record 13", [.missingRecord], "DELETE FROM kept_leaf WHERE idx = 13"),
        ("wrong_cut 0", [.wrongCut, .missingRecord], "DELETE FROM kept_leaf"),
        (
            "wrong_cut 3", [.wrongCut],
            "INSERT INTO record SELECT 3, 'x', chain, kind, at, leaf, bytes FROM record WHERE idx = 16"
        ),
        ("missing_record 14", [.missingRecord], "DELETE FROM record WHERE idx = 14"),
        (
            "broken_chain 14", [.brokenChain, .wrongCut],
            "UPDATE kept_state SET value = (SELECT hex(zeroblob(32))) WHERE part = 'chain' AND key = 'r2'"
        ),
        (
            "broken_chain 14", [.brokenChain, .wrongCut],
            "DELETE FROM kept_state WHERE part = 'chain' AND key = 'r2'"
        ),
        (
            "wrong_cut kept_state", [.wrongCut],
            "UPDATE kept_state SET value = 'x' WHERE part = 'chain'"
        ),
        (
            "wrong_cut kept_state", [.wrongCut],
            "UPDATE kept_state SET value = 'x' WHERE part = 'run'"
        ),
        (
            "wrong_cut 14", [.wrongCut],
            "INSERT INTO kept_state VALUES ('target', hex(zeroblob(32)), 'r2')"
        ),
        (
            "wrong_cut 14", [.wrongCut, .changedState],
            "DELETE FROM kept_state WHERE part = 'ledger'"
        ),
        (
            "wrong_cut 14", [.wrongCut, .changedState],
            "UPDATE kept_state SET value = replace(value, '\"epoch\":1', '\"epoch\":2') WHERE part = 'run'"
        ),
        ("changed_tree 0", [.changedTree], "DELETE FROM node"),
    ]) func whatIsKeptOfWhatWasPruned(
        _ first: String, _ kinds: [VerificationFault.Kind], _ sql: String
    ) async throws {
        let journal = try await PrunedJournal()
        try journal.forger.sql(sql)
        let faults = try journal.faults()
        if first != "changed_tree 0" { #expect(faults.first == first) }
        #expect(faults.kinds.isSuperset(of: kinds), "\(faults.kinds)")
    }

    /// Rows of pruned state that come with no pruned record would be a beginning that somebody made up.
    @Test func aBeginningThatSomebodyMadeUp() async throws {
        let journal = try await PrunedJournal(prunes: false)
        try journal.forger.sql("INSERT INTO kept_state VALUES ('target', hex(zeroblob(32)), 'r2')")
        #expect(try journal.faults().first == "wrong_cut 0")
    }
}
