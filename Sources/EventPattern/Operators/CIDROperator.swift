/// `{"cidr": "10.0.0.0/8"}`: text that spells an IP address within the block; IPv4 and IPv6 never mix.
enum CIDROperator: PatternOperator {
    static let name = "cidr"

    static func test(_ operand: PatternNode, in reader: OperandReader) throws(PatternError) -> Test
    {
        let text = try reader.text(operand, name)
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw reader.refuse(
                "'\(text)' is not a block: one '/' is needed, as in 10.0.0.0/8", at: operand)
        }
        guard let address = Address(String(Substring(parts[0]))) else {
            throw reader.refuse("'\(Substring(parts[0]))' is not an IP address", at: operand)
        }
        let most = address.isV6 ? 128 : 32
        let digits = parts[1].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard digits, let bits = Int(String(Substring(parts[1]))), bits <= most else {
            throw reader.refuse(
                "the bits of \(address.isV6 ? "an IPv6" : "an IPv4") block are 0 to \(most), not '\(Substring(parts[1]))'",
                at: operand)
        }
        return .block(AddressBlock(address, bits: bits))
    }
}
