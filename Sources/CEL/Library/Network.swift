import Text

/// An IP address as a value of CEL.
final class CELAddress: CELOpaque {
    let address: IPAddress
    init(_ address: IPAddress) { self.address = address }
    var typeName: CELTypeName { CELTypeName("net.IP") }
    var text: String { address.description }
    func isEqual(to other: any CELOpaque) -> Bool {
        (other as? CELAddress)?.address == address
    }
}

/// A block of IP addresses as a value of CEL.
final class CELBlock: CELOpaque {
    let block: CIDRBlock
    init(_ block: CIDRBlock) { self.block = block }
    var typeName: CELTypeName { CELTypeName("net.CIDR") }
    var text: String { block.description }
    func isEqual(to other: any CELOpaque) -> Bool { (other as? CELBlock)?.block == block }
}

extension StandardFunctions {
    private static let ipType = CELType.opaque("net.IP", [])
    private static let cidrType = CELType.opaque("net.CIDR", [])

    /// Reads an address; IPv4-mapped ones and zones are refused.
    private static func parse(_ text: String) -> IPAddress? {
        guard let address = IPAddress(text), !address.isIPv4Mapped || !text.utf8.contains(0x2E)
        else { return nil }
        return address
    }

    private static func parseBlock(_ text: String) -> CIDRBlock? {
        guard let block = CIDRBlock(text),
            !block.address.isIPv4Mapped || !text.utf8.contains(0x2E)
        else { return nil }
        return block
    }

    private static func address(_ value: CELValue) throws(CELError) -> IPAddress? {
        switch value {
        case .opaque(let opaque): return (opaque as? CELAddress)?.address
        case .string(let text):
            guard let address = parse(text) else {
                throw CELError(.invalidArgument, "\(quoted(text)) is no IP address")
            }
            return address
        default: return nil
        }
    }

    private static func block(_ value: CELValue) throws(CELError) -> CIDRBlock? {
        switch value {
        case .opaque(let opaque): return (opaque as? CELBlock)?.block
        case .string(let text):
            guard let block = parseBlock(text) else {
                throw CELError(.invalidArgument, "\(quoted(text)) is no CIDR block")
            }
            return block
        default: return nil
        }
    }

    private static func onAddress(
        _ name: String, _ result: CELType, _ body: @escaping @Sendable (IPAddress) -> CELValue
    ) -> CELFunction {
        member(
            name, .network, ipType, [[]], result,
            .unary { value throws(CELError) in
                guard case .opaque = value, let address = try address(value) else {
                    throw CELError.noOverload(name, [value])
                }
                return body(address)
            })
    }

    private static func onBlock(
        _ name: String, _ parameters: [[CELType]], _ result: CELType,
        _ body: @escaping @Sendable (CIDRBlock, [CELValue]) throws(CELError) -> CELValue?
    ) -> CELFunction {
        member(
            name, .network, cidrType, parameters, result,
            .variadic { values throws(CELError) in
                guard case .opaque = values[0], let block = try block(values[0]),
                    let result = try body(block, values)
                else { throw CELError.noOverload(name, values) }
                return result
            })
    }

    private static func onText(
        _ name: String, _ result: CELType,
        _ body: @escaping @Sendable (String) throws(CELError) -> CELValue
    ) -> CELFunction {
        global(
            name, .network, [[.string]], result,
            .unary { value throws(CELError) in
                guard case .string(let text) = value else {
                    throw CELError.noOverload(name, [value])
                }
                return try body(text)
            })
    }

    static let network: [CELFunction] = [
        CELFunction(
            "ip",
            [
                CELOverload(.string, result: ipType), CELOverload(ipType, result: ipType),
                .member(of: cidrType, result: ipType),
            ], .network, .traversal, .unary(ip)),
        CELFunction(
            "cidr",
            [CELOverload(.string, result: cidrType), CELOverload(cidrType, result: cidrType)],
            .network, .traversal,
            .unary { value throws(CELError) in
                guard let block = try block(value) else {
                    throw CELError.noOverload("cidr", [value])
                }
                return .opaque(CELBlock(block))
            }),
        onText("isIP", .bool) { text throws(CELError) in .bool(parse(text) != nil) },
        onText("isCIDR", .bool) { text throws(CELError) in .bool(parseBlock(text) != nil) },
        onText("ip.isCanonical", .bool) { text throws(CELError) in
            guard let address = parse(text) else {
                throw CELError(.invalidArgument, "\(quoted(text)) is no IP address")
            }
            return .bool(sameText(address.description, text))
        },
        onAddress("family", .int) { .int(Int64($0.family.rawValue)) },
        onAddress("isUnspecified", .bool) { .bool($0.isUnspecified) },
        onAddress("isLoopback", .bool) { .bool($0.isLoopback) },
        onAddress("isGlobalUnicast", .bool) { .bool($0.isGlobalUnicast) },
        onAddress("isLinkLocalMulticast", .bool) { .bool($0.isLinkLocalMulticast) },
        onAddress("isLinkLocalUnicast", .bool) { .bool($0.isLinkLocalUnicast) },
        onBlock("containsIP", [[.string], [ipType]], .bool) { block, values throws(CELError) in
            try address(values[1]).map { .bool(block.contains($0)) }
        },
        onBlock("containsCIDR", [[.string], [cidrType]], .bool) { outer, values throws(CELError) in
            try block(values[1]).map { .bool(outer.contains($0)) }
        },
        onBlock("masked", [[]], cidrType) { block, _ throws(CELError) in
            .opaque(CELBlock(block.masked))
        },
        onBlock("prefixLength", [[]], .int) { block, _ throws(CELError) in
            .int(Int64(block.prefixLength))
        },
    ]

    @Sendable private static func ip(_ value: CELValue) throws(CELError) -> CELValue {
        if case .opaque(let opaque) = value, let block = opaque as? CELBlock {
            return .opaque(CELAddress(block.block.address))
        }
        guard let address = try address(value) else { throw CELError.noOverload("ip", [value]) }
        return .opaque(CELAddress(address))
    }
}
