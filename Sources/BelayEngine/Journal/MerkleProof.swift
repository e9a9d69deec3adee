package import Cryptography

/// The verifiers of RFC 9162, sections 2.1.3.2 and 2.1.4.2: no tree needed, only what a signer said.
package enum MerkleProof {
    /// Whether the path proves that the leaf is at the index in the tree of that size and root.
    package static func isInclusion(
        _ path: [Digest], leaf: Digest, index: Int64, size: Int64, root: Digest
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (place, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            if last == 0 { return false }
            if place & 1 == 1 || place == last {
                hash = MerkleHash.node(sibling, hash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the path proves that the older tree is a prefix of the newer one.
    ///
    /// Two empty trees prove nothing and are refused; of equal trees the path is empty and the roots equal.
    package static func isConsistent(
        _ path: [Digest], oldSize: Int64, oldRoot: Digest, newSize: Int64, newRoot: Digest
    ) -> Bool {
        guard oldSize > 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return path.isEmpty && oldRoot == newRoot }
        var hashes = path[...]
        if oldSize.nonzeroBitCount == 1 { hashes = [oldRoot] + hashes }
        guard let first = hashes.popFirst() else { return false }
        var (place, last) = (oldSize - 1, newSize - 1)
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        var (old, new) = (first, first)
        for sibling in hashes {
            if last == 0 { return false }
            if place & 1 == 1 || place == last {
                old = MerkleHash.node(sibling, old)
                new = MerkleHash.node(sibling, new)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleHash.node(new, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
