import BelayEngine
import Cryptography
import Testing

@Suite struct TLogProofTests {
    private let record = Array("a record".utf8)
    private let signer: NoteSigner
    private let proof: TLogProof

    init() throws {
        var tree = MerkleTree(leaves: (0..<5).map { MerkleHash.leaf([UInt8($0)]) })
        tree.append(MerkleHash.leaf(record))
        tree.append(MerkleHash.leaf([9]))
        signer = try #require(NoteSigner(name: "example.com/log", key: .random()))
        let checkpoint = Checkpoint(origin: "example.com/log", size: 7, root: tree.root)
        proof = TLogProof(
            index: 5, path: try tree.inclusionProof(index: 5, size: 7),
            note: SignedNote(signing: checkpoint.text, by: signer).note)
    }

    @Test func layout() throws {
        let lines = proof.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "c2sp.org/tlog-proof@v1")
        #expect(lines[1] == "index 5")
        #expect(lines[2] == proof.path[0].base64)
        #expect(lines[2 + proof.path.count] == "")
        #expect(lines[3 + proof.path.count] == "example.com/log")
        #expect(TLogProof(text: proof.text) == proof)
    }

    @Test func extraDataIsPassedOver() {
        let text = proof.text.replacing("\nindex", with: "\nextra AAEC\nindex")
        #expect(TLogProof(text: text) == proof)
        #expect(TLogProof(text: text.replacing("AAEC", with: "A!EC")) == nil)
    }

    @Test func otherFormsAreNoProofs() {
        for (old, new) in [
            ("@v1", "@v2"), ("index 5", "index 05"), ("index 5", "index -5"), ("index 5\n", ""),
            ("\n\n", "\n"), (proof.path[0].base64, "AAAA"),
        ] {
            #expect(TLogProof(text: proof.text.replacing(old, with: new)) == nil, "\(old) \(new)")
        }
    }

    @Test func holdsForItsRecordOnly() throws {
        let keys = [signer.verifier]
        #expect(try proof.check(record: record, keys: keys).get().size == 7)
        #expect(proof.check(record: record + [0], keys: keys) == .failure(.notIncluded))
        var moved = proof
        moved.index = 4
        #expect(moved.check(record: record, keys: keys) == .failure(.notIncluded))
        let other = try #require(NoteSigner(name: "example.com/log", key: .random()))
        #expect(
            proof.check(record: record, keys: [other.verifier]) == .failure(.signature(.unverified))
        )
        var edited = proof
        edited.note = proof.note.replacing("\n7\n", with: "\n8\n")
        #expect(
            edited.check(record: record, keys: keys) == .failure(.signature(.invalidSignature)))
    }
}
