/// An immutable map in insertion order. Keys are bool, int, uint or string; numbers that are equal
/// are one key whatever their type.
public final class CELMap: Sendable {
    /// The keys in insertion order.
    public let keys: [CELValue]
    /// The values in the keys' order.
    public let values: [CELValue]
    private let hashes: [UInt64]
    private let table: [Int32]

    /// The empty map.
    public static let empty = CELMap([])

    /// A map with text keys; of a repeated key the last value stays, at the first one's place.
    public convenience init(_ members: [(String, CELValue)]) {
        var builder = CELMapBuilder()
        for (name, value) in members { builder.set(.string(name), value) }
        self.init(builder)
    }

    init(_ builder: CELMapBuilder) {
        keys = builder.keys
        values = builder.values
        hashes = builder.hashes
        table = builder.table
    }

    /// How many entries there are.
    public var count: Int { keys.count }

    /// The value under a text key.
    @inline(__always)
    public subscript(name: CELName) -> CELValue? {
        let place = place(of: name)
        return place < 0 ? nil : values[place]
    }

    /// The value under a text key.
    public subscript(text: String) -> CELValue? { self[CELName(text)] }

    /// The value under a key of any type; numbers find each other across types.
    public func value(forKey key: CELValue) -> CELValue? {
        let place = place(of: key)
        return place < 0 ? nil : values[place]
    }

    /// Whether there is such a key.
    public func contains(_ key: CELValue) -> Bool { place(of: key) >= 0 }

    @inline(__always)
    func place(of name: CELName) -> Int {
        if table.isEmpty {
            for place in 0..<hashes.count where hashes[place] == name.hash {
                if case .string(let text) = keys[place], sameText(text, name.text) { return place }
            }
            return -1
        }
        let mask = table.count &- 1
        var slot = Int(truncatingIfNeeded: name.hash) & mask
        while true {
            let place = Int(table[slot])
            if place < 0 { return -1 }
            if hashes[place] == name.hash, case .string(let text) = keys[place],
                sameText(text, name.text)
            {
                return place
            }
            slot = (slot &+ 1) & mask
        }
    }

    func place(of key: CELValue) -> Int {
        guard let key = mapKey(key) else { return -1 }
        return CELMapBuilder.place(
            of: key, hash: hashOfKey(key), keys: keys, hashes: hashes, table: table)
    }
}

/// Collects the entries of a map.
struct CELMapBuilder {
    private(set) var keys: [CELValue] = []
    private(set) var values: [CELValue] = []
    private(set) var hashes: [UInt64] = []
    private(set) var table: [Int32] = []

    var count: Int { keys.count }

    /// Adds an entry; false if the key was there already, and nothing changes.
    mutating func insert(_ key: CELValue, _ value: CELValue) -> Bool {
        let hash = hashOfKey(key)
        guard Self.place(of: key, hash: hash, keys: keys, hashes: hashes, table: table) < 0 else {
            return false
        }
        append(key, value, hash)
        return true
    }

    /// Adds an entry or replaces the value of the one with that key.
    mutating func set(_ key: CELValue, _ value: CELValue) {
        let hash = hashOfKey(key)
        let place = Self.place(of: key, hash: hash, keys: keys, hashes: hashes, table: table)
        if place < 0 { append(key, value, hash) } else { values[place] = value }
    }

    private mutating func append(_ key: CELValue, _ value: CELValue, _ hash: UInt64) {
        keys.append(key)
        values.append(value)
        hashes.append(hash)
        if keys.count > 4, keys.count * 2 > table.count {
            rebuild(size: max(16, table.count * 2))
        } else if !table.isEmpty {
            enter(keys.count - 1)
        }
    }

    private mutating func rebuild(size: Int) {
        var size = size
        while size < keys.count * 2 { size *= 2 }
        table = [Int32](repeating: -1, count: size)
        for place in keys.indices { enter(place) }
    }

    private mutating func enter(_ place: Int) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hashes[place]) & mask
        while table[slot] >= 0 { slot = (slot + 1) & mask }
        table[slot] = Int32(place)
    }

    static func place(
        of key: CELValue, hash: UInt64, keys: [CELValue], hashes: [UInt64], table: [Int32]
    ) -> Int {
        if table.isEmpty {
            for place in 0..<hashes.count
            where hashes[place] == hash && sameKey(keys[place], key) { return place }
            return -1
        }
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] >= 0 {
            let place = Int(table[slot])
            if hashes[place] == hash, sameKey(keys[place], key) { return place }
            slot = (slot + 1) & mask
        }
        return -1
    }
}

/// The key in the form in which equal keys look alike; nil if the value cannot be a key.
/// A double finds the integer that it equals.
func mapKey(_ value: CELValue) -> CELValue? {
    switch value {
    case .bool, .int, .string: value
    case .uint(let number): number <= UInt64(Int64.max) ? .int(Int64(number)) : value
    case .double(let number):
        if let exact = Int64(exactly: number) {
            .int(exact)
        } else if let exact = UInt64(exactly: number) {
            .uint(exact)
        } else {
            nil
        }
    default: nil
    }
}

func hashOfKey(_ key: CELValue) -> UInt64 {
    switch key {
    case .bool(let truth): hashOfInteger(truth ? 0x7472_7565 : 0x6661_6C73)
    case .int(let number): hashOfInteger(UInt64(bitPattern: number))
    case .uint(let number): hashOfInteger(number)
    case .string(let text): hashOfText(text)
    default: 0
    }
}

private func sameKey(_ left: CELValue, _ right: CELValue) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): sameText(a, b)
    case (.int(let a), .int(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.int(let a), .uint(let b)), (.uint(let b), .int(let a)): a >= 0 && UInt64(a) == b
    case (.bool(let a), .bool(let b)): a == b
    default: false
    }
}
