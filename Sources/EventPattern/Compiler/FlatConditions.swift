/// Which bytes of a flat pattern's condition are which condition: those seen before need not be read again.
struct FlatConditions {
    private struct Slot {
        var hash: UInt64 = 0
        var start = 0
        /// The length of the bytes, zero in an empty slot.
        var length: UInt32 = 0
        var condition: UInt32 = 0
    }

    private var slots = Array(repeating: Slot(), count: 1024)
    private var count = 0
    private var pool: [UInt8] = []

    /// The condition with these bytes, nil if they are new; words beyond their end must be readable.
    func find(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        let hash = FlatConditions.hash(bytes)
        return pool.withUnsafeBytes { pool in
            var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[at].length != 0 {
                let slot = slots[at]
                if slot.hash == hash, Int(slot.length) == bytes.count,
                    pool[slot.start..<(slot.start + bytes.count)].elementsEqual(bytes)
                {
                    return slot.condition
                }
                at = (at + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Notes the condition of new bytes.
    mutating func insert(_ bytes: UnsafeRawBufferPointer, _ condition: UInt32) {
        put(
            Slot(
                hash: FlatConditions.hash(bytes), start: pool.count, length: UInt32(bytes.count),
                condition: condition))
        pool.append(contentsOf: bytes)
        count += 1
        guard count * 2 > slots.count else { return }
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for slot in old where slot.length != 0 { put(slot) }
    }

    private mutating func put(_ slot: Slot) {
        var at = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
        while slots[at].length != 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = slot
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        Hashing.bytes(
            bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), bytes.count, tag: 0)
    }
}
