import Testing
import Text

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("192.168.0.1", "192.168.0.1"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::68", "2001:db8::68"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:0:4:0:0:0:8", "1:0:0:4::8"),
        ("0:0:1:0:0:1:0:0", "::1:0:0:1:0:0"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::ffff:192.168.0.1", "::ffff:192.168.0.1"), ("::ffff:c0a8:1", "::ffff:192.168.0.1"),
        ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ])
    func canonicalText(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(networkBytes: address.networkBytes) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.04", "1..2.3", "1.2.3.4 ",
        ".1.2.3.4", "1.2.3.4.", ":", ":::", "1:::2", "::1::2", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7",
        "12345::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "fe80::1%eth0", "1:", ":1",
        "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "-1.2.3.4", "1.2.3.+4",
    ])
    func refused(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func families() throws {
        #expect(IPAddress("::1.2.3.4") != IPAddress("1.2.3.4"))
        let mapped = try #require(IPAddress("::ffff:1.2.3.4"))
        #expect(mapped.isIPv4Mapped && mapped.unmapped == IPAddress("1.2.3.4"))
        #expect(IPAddress(networkBytes: [1, 2, 3]) == nil)
    }

    @Test func classification() throws {
        func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
        for text in ["127.0.0.1", "127.255.255.255", "::1"] {
            #expect(try address(text).isLoopback)
            #expect(try !address(text).isGlobalUnicast)
        }
        for text in [
            "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::",
        ] {
            #expect(try address(text).isPrivate && address(text).isGlobalUnicast)
        }
        for text in ["11.0.0.1", "172.32.0.0", "172.15.0.0", "192.169.0.0", "fe00::", "fb00::"] {
            #expect(try !address(text).isPrivate)
        }
        for text in ["169.254.169.254", "fe80::1", "febf::"] {
            #expect(try address(text).isLinkLocalUnicast && address(text).isLinkLocal)
        }
        #expect(try !address("fec0::").isLinkLocalUnicast)
        #expect(try address("224.0.0.1").isLinkLocalMulticast)
        #expect(try !address("224.0.1.1").isLinkLocalMulticast)
        #expect(try address("ff02::1").isLinkLocalMulticast && address("ff02::1").isMulticast)
        #expect(try address("239.1.2.3").isMulticast && !address("223.1.2.3").isMulticast)
        #expect(try address("::").isUnspecified && address("0.0.0.0").isUnspecified)
        #expect(try !address("255.255.255.255").isGlobalUnicast)
        #expect(try address("8.8.8.8").isGlobalUnicast && address("2001:db8::1").isGlobalUnicast)
    }
}
