/// A block of addresses: an address and how many of its leading bits are fixed.
///
/// The address is kept as written (`10.1.2.3/8` keeps its host bits); `masked` clears them.
package struct CIDRBlock: Hashable, Sendable {
    package let address: IPAddress
    /// How many leading bits are fixed, 0 to the family's bits.
    package let prefixLength: Int
    private let first: IPAddress

    /// A block; nil if the length lies outside the address's bits.
    package init?(address: IPAddress, prefixLength: Int) {
        guard prefixLength >= 0, prefixLength <= address.family.bits else { return nil }
        self.address = address
        self.prefixLength = prefixLength
        first = address.masked(to: prefixLength)
    }

    /// Reads `address/length`; nil unless the whole text is a block.
    package init?(_ text: String) {
        var text = text
        guard let block = text.withUTF8({ CIDRBlock(utf8: $0) }) else { return nil }
        self = block
    }

    /// Reads `address/length` from UTF-8 bytes; nil unless they are a block as a whole.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")),
            let address = IPAddress(utf8: UnsafeBufferPointer(rebasing: bytes[..<slash])),
            let length = Self.length(bytes[(slash + 1)...])
        else { return nil }
        self.init(address: address, prefixLength: length)
    }

    private static func length(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let head = bytes.first, bytes.count <= 3 else { return nil }
        guard head != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
        var length = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            length = length * 10 + Int(byte - 0x30)
        }
        return length
    }

    /// The same block with its host bits cleared.
    package var masked: CIDRBlock {
        guard let block = CIDRBlock(address: first, prefixLength: prefixLength) else {
            preconditionFailure("a block's own length is valid")
        }
        return block
    }

    /// Whether the address is of the block's family and inside it.
    package func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && other.masked(to: prefixLength) == first
    }

    /// Whether every address of the other block is inside this one.
    package func contains(_ other: CIDRBlock) -> Bool {
        other.prefixLength >= prefixLength && contains(other.address)
    }
}

extension CIDRBlock: CustomStringConvertible {
    /// The canonical text, host bits kept.
    package var description: String { "\(address)/\(prefixLength)" }
}
