import BelayCompiler
import BelayEngine
import Cryptography
import JSON
import Testing

@Suite struct RecordTests {
    private static let full = JournalRecord(
        id: "01890a5d-ac96-774b-bcce-b302099a8057", log: "belay/test",
        at: Timestamp(microseconds: 1_767_225_600_000_001), node: "host", boot: "b00t",
        kind: .stepResult, actor: .person("ann@example.com"), incident: "inc", run: "run",
        step: "each[3]/drain", item: 3, attempt: 2, epoch: 7,
        runbook: RunbookReference(name: "cache", program: SHA256.hash(utf8: "program")),
        rule: "cache-any", provider: "redis", target: SHA256.hash(utf8: "target"), idem: "00ff",
        outcome: "failed", error: RecordError(class: "timeout", code: "504"), reason: "deadline",
        causedBy: "other",
        commitments: [
            Commitment(name: "input", hash: SHA256.hash(utf8: "i")),
            Commitment(name: "message", hash: SHA256.hash(utf8: "m")),
            Commitment(name: "output", hash: SHA256.hash(utf8: "o")),
            Commitment(name: "title", hash: SHA256.hash(utf8: "t")),
        ], prev: SHA256.hash(utf8: "prev"))

    private static let bare = JournalRecord(
        id: "01890a5d-ac96-774b-bcce-b302099a8058", log: "belay/test",
        at: Timestamp(microseconds: 0), node: "host", boot: "b00t", kind: .logStarted,
        actor: .system, commitments: [])

    @Test func bytesAreTheCanonicalOnes() throws {
        for record in [Self.full, Self.bare] {
            let bytes = record.canonicalBytes()
            #expect(try JSONParser.parse(bytes).canonicalBytes() == bytes)
            #expect(try JournalRecord(canonical: bytes) == record)
        }
        let text = String(decoding: Self.bare.canonicalBytes(), as: UTF8.self)
        #expect(
            text
                == #"{"actor":"system","at":"1970-01-01T00:00:00.000000Z","boot":"b00t","id":"01890a5d-ac96-774b-bcce-b302099a8058","kind":"log.started","log":"belay/test","node":"host","v":1}"#
        )
    }

    @Test func everyMemberIsWritten() throws {
        let parsed = try JSONParser.parse(Self.full.canonicalBytes())
        let object = try #require(parsed.objectValue)
        #expect(
            Set(object.names) == [
                "v", "id", "log", "at", "node", "boot", "kind", "actor", "incident", "run", "step",
                "item", "attempt", "epoch", "runbook", "rule", "provider", "target", "idem",
                "input", "output", "payloads", "outcome", "error", "reason", "caused_by", "prev",
            ])
        #expect(object["payloads"]?.objectValue?.names == ["message", "title"])
    }

    @Test func escapesAsTheRFCAsks() throws {
        var record = Self.bare
        record.node = "a\"b\\c\u{8}\t\n\u{c}\r\u{1}\u{1f}é"
        let bytes = record.canonicalBytes()
        #expect(try JSONParser.parse(bytes).canonicalBytes() == bytes)
        #expect(try JournalRecord(canonical: bytes) == record)
    }

    @Test func readingIsStrict() throws {
        let good = String(decoding: Self.full.canonicalBytes(), as: UTF8.self)
        let changes = [
            (#""v":1"#, #""v":2"#), (#""attempt":2"#, #""attempt":"2""#), (#""v":1"#, #""v": 1"#),
            (#""v":1"#, #""v":1,"w":1"#), (#""node":"host","#, ""),
            (#""kind":"step.result""#, #""kind":"step.other""#),
            (#""code":"504""#, #""coda":"504""#), (#""class":"timeout","#, ""),
            (#""actor":"person"#, #""actor":"nobody"#),
            ("T00:00:00.000001Z", "T00:00:00.000001+00:00"),
            (#""prev":""#, #""prev":"0"#), (#""attempt":2"#, #""attempt":2.0"#),
        ]
        for (old, new) in changes {
            let changed = good.replacing(old, with: new)
            #expect(changed != good, "\(old)")
            #expect(throws: RecordFault.self, "\(new)") {
                try JournalRecord(canonical: Array(changed.utf8))
            }
        }
    }

    /// Two readers: what either takes must be written as the same bytes.
    @Test func noOtherBytesThanTheCanonicalOnesAreTaken() throws {
        for record in [Self.full, Self.bare] {
            let good = record.canonicalBytes()
            var taken = 0
            for place in good.indices {
                for change in [0x01, 0x20, 0x80] as [UInt8] {
                    var bytes = good
                    bytes[place] ^= change
                    guard let read = try? JournalRecord(canonical: bytes) else { continue }
                    taken += 1
                    #expect(read.canonicalBytes() == bytes)
                }
                var cut = good
                cut.remove(at: place)
                if let read = try? JournalRecord(canonical: cut) {
                    #expect(read.canonicalBytes() == cut)
                }
            }
            #expect(taken > 50)
        }
    }

    @Test func kindsAreUniqueAndGrouped() {
        #expect(Set(RecordKind.allCases.map(\.rawValue)).count == RecordKind.allCases.count)
        for kind in RecordKind.allCases { #expect(kind.rawValue.split(separator: ".").count == 2) }
    }

    @Test func chainsAreOfRunsThenIncidentsThenBoots() {
        var record = Self.full
        #expect(record.chain == "run")
        record.run = nil
        #expect(record.chain == "inc")
        record.incident = nil
        #expect(record.chain == "b00t")
    }

    @Test func textIsMisplacedInDrafts() {
        #expect(
            RecordDraft(.stepIntent, step: "each[3]/drain", reason: "timer").misplacedText == nil)
        #expect(RecordDraft(.stepIntent, reason: "no memory left").misplacedText == "reason")
        #expect(RecordDraft(.stepIntent, actor: .person("a b")).misplacedText == "actor")
        let error = RecordError(class: "remote", code: "it broke")
        #expect(RecordDraft(.stepIntent, error: error).misplacedText == "error.code")
        #expect(RecordText.isName(RecordText.name(from: "a b\"é")))
        #expect(RecordText.code(from: "it broke: 5") == "it_broke:_5")
        #expect(RecordText.isCode(RecordText.code(from: "")))
    }

    @Test func commitmentsAreSaltedAndOverTheBytesAsStored() {
        let salt = [UInt8](repeating: 7, count: 16)
        let payload = StoredPayload(sealing: .input(["b": 1, "a": [true, 2.5]]), salt: salt)
        #expect(String(decoding: payload.bytes, as: UTF8.self) == #"{"a":[true,2.5],"b":1}"#)
        #expect(payload.commitment == HMACSHA256.authenticate(payload.bytes, key: salt))
        let other = StoredPayload(
            sealing: .input(["b": 1, "a": [true, 2.5]]), salt: [UInt8](repeating: 8, count: 16))
        #expect(other.commitment != payload.commitment)
        let wide = StoredPayload(sealing: .input(["n": 9_007_199_254_740_993]), salt: salt)
        #expect(wide.value == ["n": 9_007_199_254_740_993])
    }

    @Test func identifiersAreVersion7() {
        let time = Timestamp(microseconds: 1_645_557_742_000_000)
        let random: [UInt8] = [0xfc, 0xc3, 0xd8, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]
        // The example of RFC 9562, appendix A.6, with its random bits.
        #expect(UUIDv7.make(at: time, random: random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        let later = UUIDv7.make(
            at: time + .milliseconds(1), random: [UInt8](repeating: 0, count: 10))
        #expect(later > UUIDv7.make(at: time, random: [UInt8](repeating: 255, count: 10)))
    }
}
