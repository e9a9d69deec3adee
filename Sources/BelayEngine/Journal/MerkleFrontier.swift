package import Cryptography

/// The right edge of a growing RFC 6962 tree: enough to append leaves and to tell the root, in O(log n).
package struct MerkleFrontier: Sendable, Hashable {
    /// How many leaves there are.
    package private(set) var size: Int64 = 0
    /// The roots of the complete subtrees from left (largest) to right, one for each bit of `size`.
    private var peaks: [Digest] = []

    package init() {}

    /// The frontier of a tree whose complete subtrees are known, largest first.
    package init(size: Int64, peaks: [Digest]) {
        precondition(size.nonzeroBitCount == peaks.count, "one peak for each bit of the size")
        self.size = size
        self.peaks = peaks
    }

    /// Appends one leaf and reports each subtree that became complete, from its level 1 upwards.
    package mutating func append(
        _ leaf: Digest,
        completed: (_ level: Int, _ index: Int64, _ hash: Digest) -> Void = { _, _, _ in }
    ) {
        var hash = leaf
        var level = 0
        var index = size
        while index & 1 == 1 {
            hash = MerkleHash.node(peaks.removeLast(), hash)
            level += 1
            index >>= 1
            completed(level, index, hash)
        }
        peaks.append(hash)
        size += 1
    }

    package var root: Digest {
        guard var hash = peaks.last else { return MerkleHash.empty }
        for peak in peaks.dropLast().reversed() { hash = MerkleHash.node(peak, hash) }
        return hash
    }
}
