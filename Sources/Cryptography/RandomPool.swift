import Synchronization

/// Random bytes fetched from `SecureRandom` in advance: identifiers and salts take a few at a time, and each fetch has its
/// price. No byte is given twice.
package final class RandomPool: Sendable {
    private static let size = 4096
    private let left = Mutex<ArraySlice<UInt8>>([])

    package init() {}

    package func bytes(_ count: Int) -> [UInt8] {
        guard count <= Self.size / 8 else { return SecureRandom.bytes(count) }
        return left.withLock { left in
            if left.count < count { left = SecureRandom.bytes(Self.size)[...] }
            defer { left.removeFirst(count) }
            return Array(left.prefix(count))
        }
    }
}
