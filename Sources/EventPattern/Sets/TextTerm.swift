/// Texts that satisfy some tests and none of others.
struct TextTerm: Hashable, Sendable {
    var wanted: Set<Test> = []
    var unwanted: Set<Test> = []

    func contains(_ text: ByteText) -> Bool {
        text.bytes.withUnsafeBufferPointer { bytes in
            wanted.allSatisfy { $0.holds(text: bytes) }
                && !unwanted.contains { $0.holds(text: bytes) }
        }
    }

    func intersection(_ other: TextTerm) -> TextTerm {
        TextTerm(
            wanted: wanted.union(other.wanted), unwanted: unwanted.union(other.unwanted))
    }

    /// Whether there is no such text, and one if there is.
    func emptiness() -> (isEmpty: Decision, witness: ByteText?) {
        guard wanted.isDisjoint(with: unwanted), !addressesConflict else { return (.yes, nil) }
        for test in wanted {
            guard case .text(let text) = test else { continue }
            return contains(text) ? (.no, text) : (.yes, nil)
        }
        for candidate in candidates where contains(candidate) { return (.no, candidate) }
        return TextAutomaton(self).search()
    }

    /// Whether the wanted addresses and blocks exclude one another or are excluded.
    private var addressesConflict: Bool {
        let blocks = wanted.compactMap(\.block)
        let excluded = unwanted.compactMap(\.block)
        return blocks.contains { block in
            blocks.contains { !block.meets($0) } || excluded.contains { $0.includes(block) }
        }
    }

    /// Texts worth trying: spellings of the wanted addresses, and of the first of the wanted blocks; and what the
    /// wanted expressions say themselves, which is right for those without special characters.
    private var candidates: [ByteText] {
        wanted.compactMap(\.block).flatMap(\.spellings)
            + wanted.compactMap {
                if case .expression(let expression) = $0 { expression.text } else { nil }
            }
    }
}

extension Test {
    /// The addresses that the test wants, as a block.
    fileprivate var block: AddressBlock? {
        switch self {
        case .address(let address): AddressBlock(address, bits: address.isV6 ? 128 : 32)
        case .block(let block): block
        default: nil
        }
    }
}

extension AddressBlock {
    fileprivate func includes(_ other: AddressBlock) -> Bool {
        bits <= other.bits && contains(other.base)
    }

    fileprivate func meets(_ other: AddressBlock) -> Bool {
        includes(other) || other.includes(self)
    }

    /// A few spellings of the first addresses.
    fileprivate var spellings: [ByteText] {
        (0..<(bits == (base.isV6 ? 128 : 32) ? 1 : 2)).flatMap { step -> [ByteText] in
            let low = base.low | UInt64(step)
            guard base.isV6 else {
                let octets = [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }
                let padded = octets.map { String(repeating: "0", count: 3 - $0.utf8.count) + $0 }
                return [octets, padded].map { ByteText($0.joined(separator: ".")) }
            }
            let groups = [base.high, low].flatMap { half in
                [48, 32, 16, 0].map { String(half >> UInt64($0) & 0xFFFF, radix: 16) }
            }
            let long = groups.joined(separator: ":")
            return [ByteText(long), ByteText(long.uppercased())]
        }
    }
}
