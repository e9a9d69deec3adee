import Testing
import Text

@Suite struct CIDRBlockTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.1.2.3/8", "10.9.9.9", true), ("0.0.0.0/0", "255.255.255.255", true),
        ("1.2.3.4/32", "1.2.3.4", true), ("1.2.3.4/32", "1.2.3.5", false),
        ("0.0.0.0/0", "::1", false), ("::/0", "1.2.3.4", false), ("::/0", "ffff::", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::/64", "2001:db8:0:0:ffff::", true),
        ("2001:db8::/65", "2001:db8:0:0:ffff::", false),
        ("::1/128", "::1", true), ("::1/128", "::2", false),
    ])
    func containsAddress(_ block: String, _ address: String, _ inside: Bool) throws {
        let block = try #require(CIDRBlock(block))
        #expect(try block.contains(#require(IPAddress(address))) == inside)
        #expect(try block.masked.contains(#require(IPAddress(address))) == inside)
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/", "/8", "::/129", "10.0.0/8",
        "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "fe80::1%en0/24", "10.0.0.0/8/8",
    ])
    func refused(_ text: String) { #expect(CIDRBlock(text) == nil) }

    @Test func blocks() throws {
        let wide = try #require(CIDRBlock("192.168.0.0/24"))
        #expect(try wide.contains(#require(CIDRBlock("192.168.0.1/32"))))
        #expect(try !wide.contains(#require(CIDRBlock("192.168.0.0/23"))))
        #expect(wide.contains(wide))
        let block = try #require(CIDRBlock("192.168.0.1/24"))
        #expect(block != wide && block.masked == wide && block.description == "192.168.0.1/24")
        #expect(CIDRBlock(address: IPAddress(v4: 0), prefixLength: 33) == nil)
    }
}
