/// The hash table of all ways in, open addressing, at most half full.
struct AccessTable {
    private(set) var slots: [AccessSlot]

    init(entries: Int) {
        var size = 4
        while size < entries * 2 { size *= 2 }
        slots = Array(
            repeating: AccessSlot(fingerprint: 0, tag: 0, test: 0, program: 0), count: size)
    }

    mutating func insert(_ key: AccessKey, _ program: UInt32, _ tests: TestTable) {
        let tag = Matching.tag(key.field, key.accessClass)
        if key.accessClass == .gram {
            insert(Hashing.words(UInt64(key.value), 0, tag: tag), tag, 0, program)
        } else {
            insert(AccessTable.hash(tests.tests[Int(key.value)], tag), tag, key.value, program)
        }
    }

    /// Enters a text as a member of a set.
    mutating func insertMember(_ test: UInt32, of set: UInt32, _ tests: TestTable) {
        let tag = Matching.tag(set, .set)
        insert(AccessTable.hash(tests.tests[Int(test)], tag), tag, test, 0)
    }

    private mutating func insert(_ hash: UInt64, _ tag: UInt32, _ test: UInt32, _ program: UInt32) {
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at].tag != 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = AccessSlot(
            fingerprint: UInt32(truncatingIfNeeded: hash >> 32), tag: tag, test: test,
            program: program)
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
