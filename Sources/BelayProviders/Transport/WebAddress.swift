import Text

/// The address of a request, read strictly: what two parsers could read differently is refused, so that the
/// host that is judged is the host that is called.
package struct WebAddress: Sendable, Hashable {
    /// Lower case.
    package let scheme: String
    /// Lower case, without a final dot and without brackets.
    package let host: String
    package let port: Int
    /// From the first `/`, percent-encoded; at least `/`.
    package var path: String
    /// Without `?`; nil if there is none.
    package var query: String?

    package init(scheme: String, host: String, port: Int, path: String = "/", query: String? = nil)
    {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// The ports that a scheme implies.
    package static func standardPort(of scheme: String) -> Int? {
        switch scheme {
        case "http": 80
        case "https": 443
        case "smtp": 587
        case "smtps": 465
        case "redis": 6379
        case "rediss": 6379
        default: nil
        }
    }

    package var isNumericHost: Bool { IPAddress(host) != nil }

    /// Host and port as in a `Host` header: the port only where it is not the scheme's own.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == WebAddress.standardPort(of: scheme) ? name : "\(name):\(port)"
    }

    package var text: String {
        "\(scheme)://\(authority)\(path)" + (query.map { "?\($0)" } ?? "")
    }

    /// Scheme, host and port alone: what may be shown of an address whose path is a credential.
    package var origin: String { "\(scheme)://\(authority)" }
}

/// Why text is no address.
package struct WebAddressError: Error, Sendable, Hashable {
    package let message: String

    init(_ message: String) { self.message = message }
}

extension WebAddress {
    /// Reads an absolute address of a known scheme.
    package init(_ text: String) throws(WebAddressError) {
        let bytes = Array(text.utf8)
        if let bad = bytes.first(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == UInt8(ascii: "\\") }) {
            let what =
                bad >= 0x7f
                ? "a character that is not ASCII" : "a space, control character or backslash"
            throw WebAddressError("the address holds \(what)")
        }
        guard let colon = text.range(of: "://") else {
            throw WebAddressError("the address has no scheme and host")
        }
        scheme = text[..<colon.lowerBound].lowercased()
        guard let standard = WebAddress.standardPort(of: scheme) else {
            throw WebAddressError("the scheme '\(scheme)' is not one that can be called")
        }
        let rest = text[colon.upperBound...]
        if rest.utf8.contains(UInt8(ascii: "#")) {
            throw WebAddressError("the address has a fragment, which is never sent")
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let (host, port) = try WebAddress.authority(rest[..<end])
        self.host = host
        self.port = port ?? standard
        let tail = rest[end...]
        let mark = tail.firstIndex(of: "?") ?? tail.endIndex
        path = tail[..<mark].isEmpty ? "/" : String(tail[..<mark])
        query = mark == tail.endIndex ? nil : String(tail[tail.index(after: mark)...])
        if let flaw = WebAddress.percentFlaw(path) ?? query.flatMap(WebAddress.percentFlaw) {
            throw WebAddressError(flaw)
        }
    }

    private static func authority(
        _ text: Substring
    ) throws(WebAddressError) -> (host: String, port: Int?) {
        if text.utf8.contains(UInt8(ascii: "@")) {
            throw WebAddressError("the address holds a user name; use a header for credentials")
        }
        var host = text
        var port: Int?
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else {
                throw WebAddressError("'[' without ']' in the host")
            }
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            if !after.isEmpty { port = try portNumber(after.dropFirst(), after.first == ":") }
            guard let address = IPAddress(String(host)), address.family == .v6 else {
                throw WebAddressError("'\(host)' is not an IPv6 address")
            }
            return (address.description, port)
        }
        if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = try portNumber(text[text.index(after: colon)...], true)
        }
        return (try name(host), port)
    }

    private static func portNumber(
        _ text: Substring, _ isPort: Bool
    ) throws(WebAddressError) -> Int {
        guard isPort, !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy(isDigit),
            let number = Int(text), (1...65_535).contains(number)
        else { throw WebAddressError("the port is not a number from 1 to 65535") }
        return number
    }

    /// A host name or a canonical IPv4 address. Octal, hexadecimal and short forms of addresses are refused:
    /// resolvers read them, and each reads them its own way.
    private static func name(_ text: Substring) throws(WebAddressError) -> String {
        var host = text.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNameByte = { (byte: UInt8) in
            isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard !host.isEmpty, host.utf8.count <= 253,
            labels.allSatisfy({
                !$0.isEmpty && $0.utf8.count <= 63 && $0.utf8.allSatisfy(isNameByte)
            })
        else { throw WebAddressError("'\(text)' is not a host name") }
        let last = labels[labels.count - 1]
        if last.utf8.allSatisfy(isDigit) || last.hasPrefix("0x") {
            guard let address = IPAddress(host), address.family == .v4 else {
                throw WebAddressError(
                    "'\(text)' is not an address in its plain form of four numbers")
            }
            return address.description
        }
        return host
    }

    private static func percentFlaw(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            guard place + 2 < bytes.count, isHex(bytes[place + 1]), isHex(bytes[place + 2]) else {
                return "'%' without two hexadecimal digits in the address"
            }
            if bytes[place + 1] == UInt8(ascii: "0"), bytes[place + 2] == UInt8(ascii: "0") {
                return "the address holds an encoded NUL"
            }
        }
        return nil
    }

    /// The address that a `Location` header names, seen from this one.
    package func redirected(to location: String) throws(WebAddressError) -> WebAddress {
        let target = String(location.prefix { $0 != "#" })
        if target.range(of: "://") != nil { return try WebAddress(target) }
        if target.hasPrefix("//") { return try WebAddress("\(scheme):\(target)") }
        if target.hasPrefix("/") { return try WebAddress(origin + target) }
        let folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
        return try WebAddress(origin + folder + target)
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Substring.Index>? {
        String.range(of: text, in: self)
    }
}

extension String {
    func range(of text: String) -> Range<Index>? { String.range(of: text, in: self[...]) }

    /// The first place where the bytes of `text` stand.
    fileprivate static func range(of text: String, in whole: Substring) -> Range<Index>? {
        let bytes = whole.utf8
        let sought = Array(text.utf8)
        var start = bytes.startIndex
        while start != bytes.endIndex {
            let rest = bytes[start...]
            if rest.starts(with: sought) {
                return start..<bytes.index(start, offsetBy: sought.count)
            }
            start = bytes.index(after: start)
        }
        return nil
    }
}
