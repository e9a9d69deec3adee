import Cryptography
import JSON
import Testing

@Suite struct HashTests {
    @Test func publishedDigests() throws {
        let cases = try Vectors.cases("sha256.json")
        #expect(cases.count == 5)
        for item in cases {
            let message = try item.bytes("messageHex")
            #expect(SHA256.hash(message).bytes == (try item.bytes("digestHex")))
        }
    }

    @Test func piecesGiveTheSameDigestAndACopyGoesItsOwnWay() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        for cut in [0, 1, 63, 64, 65, 999, 1000] {
            var hasher = SHA256()
            hasher.update(Array(message[..<cut]))
            var other = hasher
            hasher.update(Array(message[cut...]))
            other.update([1])
            #expect(hasher.finalize() == SHA256.hash(message))
            #expect(hasher.finalize() == SHA256.hash(message))
            #expect(other.finalize() == SHA256.hash(Array(message[..<cut]) + [1]))
        }
    }

    @Test func publishedCodes() throws {
        let cases = try Vectors.cases("hmac-sha256.json")
        #expect(cases.count == 6)
        for item in cases {
            let code = HMACSHA256.authenticate(
                try item.bytes("dataHex"), key: try item.bytes("keyHex"))
            #expect(code.bytes == (try item.bytes("codeHex")))
        }
    }

    @Test func digestsAreReadStrictly() {
        let digest = SHA256.hash(utf8: "abc")
        #expect(Digest(hex: digest.hex.uppercased()) == digest)
        #expect(Digest(hex: String(digest.hex.dropLast(2))) == nil)
        #expect(Digest([UInt8](repeating: 0, count: 33)) == nil)
        #expect(digest != SHA256.hash(utf8: "abd"))
    }

    @Test func comparisonSeesEachDifference() {
        let code: [UInt8] = [1, 2, 3]
        #expect(ConstantTime.equal(code, [1, 2, 3]))
        #expect(ConstantTime.equal([], []))
        #expect(!ConstantTime.equal(code, [1, 2, 4]))
        #expect(!ConstantTime.equal(code, [0, 2, 3]))
        #expect(!ConstantTime.equal(code, [1, 2]))
    }

    @Test func aPoolGivesNoByteTwice() async {
        let pool = RandomPool()
        #expect(pool.bytes(0).isEmpty)
        #expect(pool.bytes(5000).count == 5000)
        let draws = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<500).map { 16 + $0 % 3 }.map(pool.bytes) }
            }
            return await group.reduce(into: [[UInt8]]()) { $0 += $1 }
        }
        #expect(draws.count == 2000 && draws.allSatisfy { (16...18).contains($0.count) })
        #expect(Set(draws.map { $0.prefix(16) }).count == 2000)
    }

    @Test func randomBytesDiffer() {
        #expect(SecureRandom.bytes(0).isEmpty)
        let draws = Set((0..<100).map { _ in SecureRandom.bytes(16) })
        #expect(draws.count == 100)
        var generator = SecureRandomGenerator()
        #expect(Set((0..<100).map { _ in generator.next() }).count == 100)
    }
}
