import BelayEngine
import Cryptography
import GRDB

/// The Merkle tree as it is stored: leaves with the records (of pruned ones they are kept), every fourth level above, the rest computed.
struct StoredNodes: MerkleNodes {
    /// Which levels are stored besides the leaves: the multiples of this.
    static let levelStep = 4

    let db: Database

    func node(level: Int, index: Int64) throws -> Digest {
        let stored = level - level % Self.levelStep
        let width = Int64(1) << Int64(level - stored)
        return try hash(level: stored, from: index * width, count: width)
    }

    /// The hash over `count` (a power of two) hashes of a stored level, leaves being level 0.
    func hash(level: Int, from start: Int64, count: Int64) throws -> Digest {
        var hashes = try level == 0 ? leaves(start, count) : nodes(level, start, count)
        guard hashes.count == Int(count) else {
            throw StoreError.damaged("hashes of level \(level) are missing from \(start) on")
        }
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                MerkleHash.node(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }

    private func leaves(_ start: Int64, _ count: Int64) throws -> [Digest] {
        let stored = try digests(
            "SELECT leaf FROM record WHERE idx >= ? AND idx < ? ORDER BY idx",
            [start, start + count])
        guard stored.count < Int(count), try Schema.hasPruning(db) else { return stored }
        let kept = try digests(
            "SELECT leaf FROM kept_leaf WHERE idx >= ? AND idx < ? ORDER BY idx",
            [start, start + count])
        return kept + stored
    }

    private func nodes(_ level: Int, _ start: Int64, _ count: Int64) throws -> [Digest] {
        try digests(
            "SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx",
            [level, start, start + count])
    }

    private func digests(_ sql: String, _ arguments: StatementArguments) throws -> [Digest] {
        let rows = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: arguments)
        var digests: [Digest] = []
        while let row = try rows.next() {
            guard let digest = row.digest(0) else {
                throw StoreError.damaged("a hash of the tree has not 32 bytes")
            }
            digests.append(digest)
        }
        return digests
    }

    /// The right edge of the tree over all records.
    func frontier() throws -> MerkleFrontier {
        let size = try Int64.fetchOne(db, sql: "SELECT max(idx) + 1 FROM record") ?? 0
        let levels = (0..<Int64.bitWidth - 1).reversed().filter { size >> Int64($0) & 1 == 1 }
        let peaks = try levels.map { try node(level: $0, index: (size >> Int64($0)) - 1) }
        return MerkleFrontier(size: size, peaks: peaks)
    }
}
