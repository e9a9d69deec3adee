import Foundation

/// This thread's CPU time.
enum CPUClock {
    /// Nanoseconds.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// What two readings in a row differ by: the median of many.
    static var overhead: UInt64 {
        var differences = (0..<1001).map { _ in
            let first = now
            return now - first
        }
        differences.sort()
        return differences[500]
    }
}

/// The matches of all events, as a count and as a checksum over `EVENT_INDEX\tRULE_NAME\n` in order.
struct MatchCount {
    private(set) var total = 0
    private var hash = SHA256()

    mutating func add(_ event: Int, _ names: [String]) {
        total += names.count
        for name in names.sorted() { hash.add(Array("\(event)\t\(name)\n".utf8)) }
    }

    /// The first 16 hexadecimal digits.
    var checksum: String {
        hash.finished().prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// SHA-256 (FIPS 180-4), so that the benchmark needs nothing but the library it measures.
struct SHA256 {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = {
        var primes: [UInt32] = []
        var candidate: UInt32 = 2
        while primes.count < 64 {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { UInt32(truncatingIfNeeded: UInt64(cbrt(Double($0)) * 4_294_967_296)) }
    }()

    mutating func add(_ bytes: [UInt8]) {
        length += UInt64(bytes.count)
        pending += bytes
        while pending.count >= 64 {
            compress(pending[..<64])
            pending.removeFirst(64)
        }
    }

    func finished() -> [UInt8] {
        var copy = self
        let bits = length * 8
        copy.pending.append(0x80)
        while copy.pending.count % 64 != 56 { copy.pending.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            copy.pending.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        for start in stride(from: 0, to: copy.pending.count, by: 64) {
            copy.compress(copy.pending[start..<(start + 64)])
        }
        return copy.state.flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    private mutating func compress(_ block: ArraySlice<UInt8>) {
        let bytes = Array(block)
        var words = (0..<16).map { i in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[i * 4 + $1]) }
        }
        func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 {
            value >> count | value << (32 - count)
        }
        for i in 16..<64 {
            let a = words[i - 15]
            let b = words[i - 2]
            let low = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3
            let high = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10
            words.append(words[i - 16] &+ low &+ words[i - 7] &+ high)
        }
        var s = state
        for i in 0..<64 {
            let high = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)
            let choice = s[4] & s[5] ^ ~s[4] & s[6]
            let first = s[7] &+ high &+ choice &+ Self.constants[i] &+ words[i]
            let low = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)
            let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
            s = [first &+ low &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
        }
        for i in 0..<8 { state[i] = state[i] &+ s[i] }
    }
}
