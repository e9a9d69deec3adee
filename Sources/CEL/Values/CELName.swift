/// A member's name with its hash computed once: what selections are made with.
public struct CELName: Sendable, Hashable {
    /// The name itself.
    public let text: String
    let hash: UInt64

    /// Interns a name.
    public init(_ text: String) {
        self.text = text
        hash = hashOfText(text)
    }

    /// Whether both are the same bytes.
    public static func == (left: CELName, right: CELName) -> Bool {
        left.hash == right.hash && sameText(left.text, right.text)
    }

    /// Feeds the precomputed hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// A fixed list of field names with fast lookup of a name's place, for callers' own objects.
public struct CELFieldTable: Sendable {
    /// The names in their order.
    public let names: [CELName]
    private let places: [Int16]

    /// A table of distinct names, at most 10,000.
    public init(_ names: [String]) {
        precondition(names.count <= 10_000, "too many fields")
        self.names = names.map(CELName.init)
        var size = 8
        while size < 4 * names.count { size *= 2 }
        var places = [Int16](repeating: -1, count: size)
        for (i, name) in self.names.enumerated() {
            var slot = Int(truncatingIfNeeded: name.hash) & (size - 1)
            while places[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            places[slot] = Int16(i)
        }
        self.places = places
    }

    /// The name's place in the list, nil if it is no field.
    public func index(of name: CELName) -> Int? {
        let mask = places.count - 1
        var slot = Int(truncatingIfNeeded: name.hash) & mask
        while places[slot] >= 0 {
            let place = Int(places[slot])
            if names[place] == name { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }
}

/// A seed of the process, so that nobody can prepare colliding keys.
private let hashSeed = UInt64.random(in: .min ... .max)

@inline(__always)
private func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// A seeded 64-bit hash of UTF-8 bytes.
func hashOfBytes(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = hashSeed ^ UInt64(truncatingIfNeeded: bytes.count)
    var i = 0
    while i + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        hash = mixed(hash ^ word, 0x9E37_79B9_7F4A_7C15)
        i += 8
    }
    var tail: UInt64 = 0
    while i < bytes.count {
        tail = tail << 8 | UInt64(bytes[i])
        i += 1
    }
    return mixed(hash ^ tail, 0xD6E8_FEB8_6659_FD93)
}

func hashOfText(_ text: String) -> UInt64 { withBytes(text) { hashOfBytes($0) } }

func hashOfInteger(_ bits: UInt64) -> UInt64 { mixed(hashSeed ^ bits, 0xA076_1D64_78BD_642F) }
