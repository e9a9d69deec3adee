import BelayEngine
import Cryptography
import JSON
import Testing

@Suite struct MerkleTests {
    private static func leaves(_ count: Int) -> [Digest] {
        (0..<count).map { MerkleHash.leaf(Array("leaf \($0)".utf8)) }
    }

    @Test func hashesOfLeavesAndNodes() throws {
        let cases = try JournalVectors.read("merkle-tree.json").list("hash")
        #expect(cases.count == 4)
        for item in cases {
            let want = try #require(item.digest("want"))
            switch try item.text("op") {
            case "emptyRoot": #expect(MerkleHash.empty == want)
            case "leaf":
                #expect(MerkleHash.leaf(try #require(item["dataHex"]).hexBytes()) == want)
            case let op:
                // The published node case joins texts that are no digests: hash what a node hashes.
                #expect(op == "node")
                let pair = try item.text("leftHex") + item.text("rightHex")
                let input = try JSONValue.string("01" + pair).hexBytes()
                #expect(SHA256.hash(input) == want)
            }
        }
    }

    @Test func rootsAndNodesUpToEightLeaves() throws {
        let vectors = try JournalVectors.read("merkle-tree.json")
        let inputs = try vectors.list("leafInputsHex").map {
            try $0.hexBytes()
        }
        let roots = try #require(vectors.digests("rootHashesHexBySize"))
        #expect(inputs.count == 8)
        #expect(roots.count == 9)
        var tree = MerkleTree()
        #expect(tree.root == roots[0])
        for (count, input) in inputs.enumerated() {
            tree.append(MerkleHash.leaf(input))
            #expect(tree.root == roots[count + 1])
            for size in 0...count + 1 { #expect(try tree.root(size: Int64(size)) == roots[size]) }
        }
        for (level, hashes) in try vectors.list("nodeHashesHexByLevel").enumerated() {
            for (index, hash) in (hashes.arrayValue ?? []).enumerated() {
                let node = tree.node(level: level, index: Int64(index))
                #expect(node.hex == hash.stringValue)
            }
        }
    }

    @Test func everyProofUpToEightLeaves() throws {
        let vectors = try JournalVectors.read("merkle-tree.json")
        let tree = MerkleTree(
            leaves: try vectors.list("leafInputsHex").map {
                MerkleHash.leaf(try $0.hexBytes())
            })
        let inclusions = try vectors.list("allInclusionProofs")
        #expect(inclusions.count == 36)
        for item in inclusions {
            let proof = try tree.inclusionProof(
                index: try item.number("leafIndex"), size: try item.number("treeSize"))
            #expect(proof == item.digests("proofHex"))
        }
        let consistencies = try vectors.list("allConsistencyProofs")
        #expect(consistencies.count == 36)
        for item in consistencies {
            let proof = try tree.consistencyProof(
                from: try item.number("size1"), to: try item.number("size2"))
            #expect(proof == item.digests("proofHex"))
        }
    }

    @Test func publishedInclusionCases() throws {
        let cases = try JournalVectors.cases("merkle-inclusion.json")
        #expect(cases.count == 98)
        var refused = 0
        for item in cases {
            let holds = Self.isInclusion(item)
            let name = try item.text("file")
            #expect(holds == (item["wantErr"]?.boolValue == false), "\(name)")
            refused += holds ? 0 : 1
        }
        #expect(refused == 92)
    }

    private static func isInclusion(_ item: JSONValue) -> Bool {
        guard let path = item.digests("proof"), let leaf = item.digest("leafHash"),
            let root = item.root("root"), let index = item["leafIdx"]?.integerValue,
            let size = item["treeSize"]?.integerValue
        else { return false }
        return MerkleProof.isInclusion(path, leaf: leaf, index: index, size: size, root: root)
    }

    @Test func publishedConsistencyCases() throws {
        let cases = try JournalVectors.cases("merkle-consistency.json")
        #expect(cases.count == 98)
        var refused = 0
        for item in cases {
            let holds = Self.isConsistent(item)
            let name = try item.text("file")
            #expect(holds == (item["wantErr"]?.boolValue == false), "\(name)")
            refused += holds ? 0 : 1
        }
        #expect(refused == 92)
    }

    private static func isConsistent(_ item: JSONValue) -> Bool {
        guard let path = item.digests("proof"), let old = item.root("root1"),
            let new = item.root("root2"), let oldSize = item["size1"]?.integerValue,
            let newSize = item["size2"]?.integerValue
        else { return false }
        return MerkleProof.isConsistent(
            path, oldSize: oldSize, oldRoot: old, newSize: newSize, newRoot: new)
    }

    @Test func proofsOfLargerTreesHoldAndNoOthersDo() throws {
        let leaves = Self.leaves(300)
        let tree = MerkleTree(leaves: leaves)
        for size in [1, 2, 3, 7, 8, 9, 100, 255, 256, 257, 300] as [Int64] {
            let root = try tree.root(size: size)
            for index in stride(from: 0, to: size, by: 7) {
                let path = try tree.inclusionProof(index: index, size: size)
                let leaf = leaves[Int(index)]
                #expect(
                    MerkleProof.isInclusion(path, leaf: leaf, index: index, size: size, root: root))
                #expect(
                    !MerkleProof.isInclusion(
                        path, leaf: leaf, index: index ^ 1, size: size, root: root))
            }
            for old in stride(from: 1, through: size, by: 11) {
                let path = try tree.consistencyProof(from: old, to: size)
                let oldRoot = try tree.root(size: old)
                #expect(
                    MerkleProof.isConsistent(
                        path, oldSize: old, oldRoot: oldRoot, newSize: size, newRoot: root))
                #expect(
                    !MerkleProof.isConsistent(
                        path, oldSize: old, oldRoot: MerkleHash.empty, newSize: size, newRoot: root)
                )
            }
        }
    }

    @Test func theFrontierNeedsNoTree() throws {
        let leaves = Self.leaves(130)
        let tree = MerkleTree(leaves: leaves)
        var frontier = MerkleFrontier()
        for (count, leaf) in leaves.enumerated() {
            frontier.append(leaf) { level, index, hash in
                #expect(hash == tree.node(level: level, index: index))
            }
            #expect(frontier.root == (try tree.root(size: Int64(count) + 1)))
        }
    }
}
