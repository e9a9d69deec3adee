import Cryptography
import JSON
import Testing

@Suite struct Ed25519Tests {
    @Test func publishedSignatures() throws {
        let cases = try Vectors.cases("ed25519.json")
        #expect(cases.count == 3)
        for item in cases {
            let key = try #require(Ed25519.PrivateKey(seed: try item.bytes("seedHex")))
            let message = try item.bytes("messageHex")
            let signature = try item.bytes("signatureHex")
            #expect(key.publicKey.bytes == (try item.bytes("publicHex")))
            #expect(key.sign(message) == signature)
            #expect(key.publicKey.isValid(signature: signature, of: message))
        }
    }

    @Test func everyOtherSignatureIsRefused() throws {
        let key = Ed25519.PrivateKey.random()
        let message = Array("a checkpoint".utf8)
        let signature = key.sign(message)
        for place in signature.indices {
            var changed = signature
            changed[place] ^= 0x10
            #expect(!key.publicKey.isValid(signature: changed, of: message))
        }
        #expect(!key.publicKey.isValid(signature: signature, of: message + [0]))
        #expect(!key.publicKey.isValid(signature: Array(signature.dropLast()), of: message))
        let other = Ed25519.PrivateKey.random()
        #expect(!other.publicKey.isValid(signature: signature, of: message))
    }

    @Test func keysHave32Bytes() {
        #expect(Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(Ed25519.PublicKey([UInt8](repeating: 1, count: 33)) == nil)
    }
}
