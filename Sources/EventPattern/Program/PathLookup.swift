/// Looks an event's keys up in the tree of paths.
struct PathLookup {
    let view: ProgramView

    init(_ view: ProgramView) { self.view = view }

    /// The node that a key leads to, 0 if none; reads up to 16 bytes beyond the key.
    @inline(__always)
    func child(of node: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Int {
        let record = view.nodes[node]
        let found = find(record, key, length)
        if found != 0 || !record.hasDeepChildren || record.keysAreWhole { return found }
        return hasDot(key, length) ? dotted(node, key, length) : 0
    }

    /// The node that a key leads to, 0 if none.
    func child(of node: Int, _ key: String) -> Int {
        let padded = Array(key.utf8) + Array(repeating: 0, count: 16)
        return padded.withUnsafeBufferPointer {
            child(of: node, $0.baseAddress!, padded.count - 16)
        }
    }
}

extension PathLookup {
    @inline(__always)
    private func find(_ record: NodeRecord, _ key: UnsafePointer<UInt8>, _ length: Int) -> Int {
        guard record.mask >= 0 else { return 0 }
        let head = Hashing.head(key, length)
        let tail = Hashing.tail(key, length)
        var at = KeySlot.place(head, tail, length) & Int(record.mask)
        while true {
            let slot = view.keys + (Int(record.slots) + at)
            if slot.pointee.node == 0 { return 0 }
            if slot.pointee.head == head, slot.pointee.tail == tail,
                slot.pointee.length == UInt32(truncatingIfNeeded: length),
                length <= 16 || Hashing.equal(key, view.bytes + Int(slot.pointee.offset), length)
            {
                return Int(slot.pointee.node)
            }
            at = (at + 1) & Int(record.mask)
        }
    }

    @inline(__always)
    private func hasDot(_ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        var at = 0
        while at < length {
            let dots = WordScan.places(of: UInt8(ascii: "."), in: Hashing.word(key + at))
            if dots != 0 { return at + dots.trailingZeroBitCount &>> 3 < length }
            at += 8
        }
        return false
    }

    @inline(never)
    private func dotted(_ node: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Int {
        var node = node
        var from = 0
        while true {
            let record = view.nodes[node]
            var to = from
            if record.keysAreWhole {
                to = length
            } else {
                while to < length, key[to] != UInt8(ascii: ".") { to += 1 }
            }
            node = find(record, key + from, to - from)
            if node == 0 || to == length { return node }
            from = to + 1
        }
    }
}

extension KeySlot {
    /// Where the search for a key begins, before masking.
    @inline(__always)
    static func place(_ head: UInt64, _ tail: UInt64, _ length: Int) -> Int {
        let mixed =
            (head ^ tail &<< 1 ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> 40)
    }
}
