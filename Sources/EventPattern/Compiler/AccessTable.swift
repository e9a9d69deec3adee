/// The hash table of all ways in, open addressing, at most half full.
struct AccessTable {
    private(set) var slots: [AccessSlot]

    init(entries: Int) {
        var size = 4
        while size < entries * 2 { size *= 2 }
        slots = Array(
            repeating: AccessSlot(first: 0, second: 0, length: 0, tag: 0, test: 0, program: 0),
            count: size)
    }

    mutating func insert(_ key: AccessKey, _ program: UInt32, _ tests: TestTable) {
        let tag = Matching.tag(key.field, key.accessClass)
        if key.accessClass == .gram {
            insert(Hashing.words(UInt64(key.value), 0, tag: tag), tag, 0, program)
        } else {
            let test = tests.tests[Int(key.value)]
            if key.accessClass == .text, let text = AccessTable.text(test) {
                insert(text: text, tag, key.value, program)
            } else {
                insert(AccessTable.hash(test, tag), tag, key.value, program)
            }
        }
    }

    /// Enters a text as a member of a set.
    mutating func insertMember(_ test: UInt32, of set: UInt32, _ tests: TestTable) {
        let tag = Matching.tag(set, .set)
        if let text = AccessTable.text(tests.tests[Int(test)]) { insert(text: text, tag, test, 0) }
    }

    /// The text that a test asks to be equal to.
    private static func text(_ test: Test) -> ByteText? {
        switch test {
        case .text(let text): text
        case .wildcard(let glob) where glob.parts.count == 1: glob.parts[0]
        default: nil
        }
    }

    private mutating func insert(_ hash: UInt64, _ tag: UInt32, _ test: UInt32, _ program: UInt32) {
        insert(
            AccessSlot(
                first: hash, second: 0, length: AccessSlot.unconfirmed, tag: tag, test: test,
                program: program), at: hash)
    }

    private mutating func insert(_ slot: AccessSlot, at hash: UInt64) {
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at].tag != 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = slot
    }

    /// Enters a text that must be equal; a short one stands in the slot whole.
    private mutating func insert(
        text: ByteText, _ tag: UInt32, _ test: UInt32, _ program: UInt32
    ) {
        let hash = text.bytes.accessHash(tag: tag)
        guard text.bytes.count <= AccessSlot.longestText else {
            return insert(hash, tag, test, program)
        }
        insert(
            AccessSlot(
                first: text.bytes.head, second: text.bytes.tail, length: UInt32(text.bytes.count),
                tag: tag, test: test, program: program), at: hash)
    }

    /// The hash under which the matcher looks for what satisfies a test.
    private static func hash(_ test: Test, _ tag: UInt32) -> UInt64 {
        switch test {
        case .text(let text), .prefix(let text), .suffix(let text), .foldedText(let text):
            return text.bytes.accessHash(tag: tag)
        case .wildcard(let glob): return glob.parts[0].bytes.accessHash(tag: tag)
        case .number(let number):
            let record = NumberRecord(number)
            return Hashing.words(UInt64(record.kind.rawValue), record.bits, tag: tag)
        case .bool(let value):
            return Hashing.words(UInt64((value ? LeafKind.yes : .no).rawValue), 0, tag: tag)
        case .null: return Hashing.words(UInt64(LeafKind.null.rawValue), 0, tag: tag)
        case .address(let address): return Hashing.words(address.high, address.low, tag: tag)
        case .block(let block):
            return Hashing.words(
                block.base.high, block.base.low ^ UInt64(block.bits) << 56, tag: tag)
        default: preconditionFailure("a test without a key")
        }
    }
}
