import BelayEngine
import Cryptography
import JSON
import Testing

@Suite struct SignedNoteTests {
    private let vectors: JSONValue

    init() throws { vectors = try JournalVectors.read("signed-note.json") }

    @Test func verification() throws {
        let cases = try vectors.list("verify")
        #expect(cases.count == 5)
        for item in cases {
            let key = try #require(NoteVerifier(vkey: try item.text("vkey")))
            let name = try item.text("name")
            let note = try SignedNote(try item.text("note"))
            #expect(note.note == (try item.text("note")))
            let got: String
            do throws(SignedNote.Fault) {
                try note.verify([key])
                got = "ok"
            } catch .unverified {
                got = "unverified"
            } catch .invalidSignature {
                got = "invalid signature"
            } catch .malformed {
                got = "malformed"
            }
            #expect(got == (try item.text("want")), "\(name)")
        }
    }

    @Test func signing() throws {
        for item in try vectors.list("sign") {
            let signer = try #require(NoteSigner(skey: try item.text("skey")))
            #expect(signer.verifier.vkey == (try item.text("vkey")))
            #expect(signer.skey == (try item.text("skey")))
            let note = SignedNote(signing: try item.text("text"), by: signer)
            #expect(note.signatures[0].line + "\n" == (try item.text("wantSignatureLine")))
            #expect(try SignedNote(note.note) == note)
            try note.verify([signer.verifier])
        }
    }

    @Test func malformedNotes() throws {
        let cases = try vectors.list("malformed")
        #expect(cases.count == 7)
        let macro = try #require(vectors["malformedMacro"]?["<ps>"]?.stringValue)
        for item in cases {
            var text = try item.text("note")
            if text.hasSuffix("<ps>*101") {
                text = text.dropLast(8) + String(repeating: macro, count: 101)
                _ = try SignedNote(String(text.dropLast(macro.count)))
            }
            let why = try item.text("why")
            #expect(throws: SignedNote.Fault.malformed, "\(why)") { try SignedNote(text) }
        }
    }

    @Test func badKeys() throws {
        let cases = try vectors.list("badVerifierKeys")
        #expect(cases.count == 2)
        for item in cases {
            let vkey = try #require(item.arrayValue?.last?.stringValue)
            #expect(NoteVerifier(vkey: vkey) == nil)
        }
        let good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        #expect(NoteVerifier(vkey: good) != nil)
        #expect(NoteVerifier(vkey: good.replacing("c74f20a3", with: "c74f20a4")) == nil)
        #expect(NoteVerifier(vkey: good.replacing("PeterNeumann", with: "Peter Neumann")) == nil)
    }

    @Test func checkpoints() throws {
        let section = try #require(vectors["checkpoint"])
        let body = try section.text("bodyFromSpec")
        let checkpoint = try #require(Checkpoint(text: body))
        let parsed = try #require(section["parsed"])
        #expect(checkpoint.origin == (try parsed.text("origin")))
        #expect(checkpoint.size == (try parsed.number("size")))
        #expect(checkpoint.root.hex == (try parsed.text("rootHex")))
        #expect(checkpoint.text == body)
        let derived = try #require(section["derivedHere"])
        let seed = try #require(derived["seedHex"]).hexBytes()
        let key = try #require(Ed25519.PrivateKey(seed: seed))
        let signer = try #require(NoteSigner(name: checkpoint.origin, key: key))
        #expect(signer.verifier.vkey == (try derived.text("vkey")))
        let note = SignedNote(signing: checkpoint.text, by: signer)
        #expect(note.note == (try derived.text("note")))
        let bad = try section.list("malformedBodies")
        #expect(bad.count == 6)
        for item in bad {
            let text = try #require(item.stringValue)
            #expect(Checkpoint(text: text) == nil)
        }
        #expect(Checkpoint(text: body + "an extension\n") == checkpoint)
    }
}
