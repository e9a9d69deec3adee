package import Cryptography

/// Where the hashes of complete subtrees can be read: level 0 holds the leaves, level n the roots of 2^n leaves.
package protocol MerkleNodes {
    /// The hash of the complete subtree over leaves `index << level` and the 2^level - 1 that follow.
    func node(level: Int, index: Int64) throws -> Digest
}

extension MerkleNodes {
    /// The root over the first `size` leaves.
    package func root(size: Int64) throws -> Digest {
        size == 0 ? MerkleHash.empty : try hash(0, size)
    }

    /// The RFC 6962 audit path of one leaf in the tree of the first `size` leaves, from the leaf upwards.
    package func inclusionProof(index: Int64, size: Int64) throws -> [Digest] {
        precondition(index >= 0 && index < size, "the leaf is in the tree")
        var proof: [Digest] = []
        var (start, end) = (Int64(0), size)
        while end - start > 1 {
            let middle = start + Self.split(end - start)
            if index < middle {
                proof.append(try hash(middle, end))
                end = middle
            } else {
                proof.append(try hash(start, middle))
                start = middle
            }
        }
        return proof.reversed()
    }

    /// The RFC 6962 proof that the tree of `first` leaves is a prefix of the tree of `second` leaves.
    package func consistencyProof(from first: Int64, to second: Int64) throws -> [Digest] {
        precondition(first >= 0 && first <= second, "the older tree is not the larger one")
        guard first > 0, first < second else { return [] }
        var proof: [Digest] = []
        var (start, end) = (Int64(0), second)
        while first != end {
            let middle = start + Self.split(end - start)
            if first <= middle {
                proof.append(try hash(middle, end))
                end = middle
            } else {
                proof.append(try hash(start, middle))
                start = middle
            }
        }
        // Unless the older tree is the left part itself, its last complete part is needed too.
        if start > 0 { proof.append(try hash(start, end)) }
        return proof.reversed()
    }

    /// The hash over leaves `start..<end`, where `start` is a multiple of the least power of two not below the count.
    private func hash(_ start: Int64, _ end: Int64) throws -> Digest {
        let count = end - start
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try node(level: level, index: start >> Int64(level))
        }
        let middle = start + Self.split(count)
        return MerkleHash.node(try hash(start, middle), try hash(middle, end))
    }

    /// The largest power of two below the count.
    private static func split(_ count: Int64) -> Int64 {
        1 << Int64(Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// A whole RFC 6962 tree in memory with all its levels, so that appending is O(log n) and proofs only look up.
package struct MerkleTree: Sendable, MerkleNodes {
    private var levels: [[Digest]] = [[]]
    private var frontier = MerkleFrontier()

    package init() {}

    package init(leaves: some Sequence<Digest>) { for leaf in leaves { append(leaf) } }

    package var size: Int64 { frontier.size }

    package var root: Digest { frontier.root }

    package mutating func append(_ leaf: Digest) {
        levels[0].append(leaf)
        frontier.append(leaf) { level, _, hash in
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
        }
    }

    /// Takes the last leaf back.
    package mutating func removeLast() {
        let last = size - 1
        for level in 0...last.trailingOnes { levels[level].removeLast() }
        let peaks = (0..<Int64.bitWidth).reversed().filter { last >> Int64($0) & 1 == 1 }.map {
            levels[$0][Int(last >> Int64($0)) - 1]
        }
        frontier = MerkleFrontier(size: last, peaks: peaks)
    }

    package func node(level: Int, index: Int64) -> Digest { levels[level][Int(index)] }
}

extension Int64 {
    /// How many one bits stand at the low end.
    fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
