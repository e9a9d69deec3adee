/// A map from words to numbers: open addressing, at most half full, nothing ever removed.
struct NumberMap {
    private struct Slot {
        var key: UInt64 = 0
        /// `none` marks an empty slot.
        var value = NumberMap.none
    }

    private static let none = UInt32.max

    private var slots = Array(repeating: Slot(), count: 16)
    private var count = 0

    /// The number of a key, nil if it has none.
    subscript(key: UInt64) -> UInt32? {
        let value = slots[place(key)].value
        return value == NumberMap.none ? nil : value
    }

    /// The number of a key, which is the one given if it has none yet.
    mutating func number(of key: UInt64, new: UInt32) -> UInt32 {
        let place = place(key)
        let value = slots[place].value
        if value != NumberMap.none { return value }
        slots[place] = Slot(key: key, value: new)
        count += 1
        if count * 2 > slots.count { grow() }
        return new
    }

    /// Adds one to the number of a key, which begins at zero.
    mutating func increment(_ key: UInt64) {
        let place = place(key)
        if slots[place].value == NumberMap.none {
            _ = number(of: key, new: 1)
        } else {
            slots[place].value += 1
        }
    }

    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        let mask = slots.count - 1
        var at =
            Int(truncatingIfNeeded: Hashing.mix(key, 0x9E37_79B9_7F4A_7C15)) & mask
        while slots[at].value != NumberMap.none, slots[at].key != key { at = (at + 1) & mask }
        return at
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for slot in old where slot.value != NumberMap.none { slots[place(slot.key)] = slot }
    }
}
