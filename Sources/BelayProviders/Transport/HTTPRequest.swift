/// One HTTP request to a judged address.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: WebAddress
    /// Addresses to connect to, in order of preference; empty where the host is an address itself.
    package var addresses: [String] = []
    /// As they go on the wire; `Content-Length` and `Host` are added.
    package var headers: [HTTPHeader] = []
    package var body: [UInt8]?
    package var tls = TLSSettings()
    /// From the call of `send` to the last byte of the answer.
    package var timeout: Duration = .seconds(30)
    package var connectTimeout: Duration = .seconds(5)
    /// Bytes of the answer's body that are kept, head and tail.
    package var outputLimit = TransportBounds.output
    /// The server may get it twice. libcurl sends a request again by itself when a kept connection dies
    /// before the answer; where this is false, a method that changes something gets a new connection.
    package var mayRepeat = false

    package init(_ method: String, _ url: WebAddress) {
        self.method = method
        self.url = url
    }

    var needsFreshConnection: Bool {
        !mayRepeat && !["GET", "HEAD", "OPTIONS"].contains(method)
    }
}

/// A header's name and value.
package struct HTTPHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Why this cannot be a header line, or nil: a line break or NUL would begin another header.
    package var flaw: String? {
        let isToken = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        if name.utf8.isEmpty || !name.utf8.allSatisfy(isToken) {
            return "'\(name)' is not a header name"
        }
        let isForbidden = { (byte: UInt8) in byte < 0x20 && byte != 0x09 || byte == 0x7f }
        return value.utf8.contains(where: isForbidden)
            ? "the value of header '\(name)' holds a control character" : nil
    }
}

/// Which server certificates are trusted, and who the client is.
package struct TLSSettings: Sendable, Hashable {
    /// A PEM file of authorities used instead of the system's.
    package var authorityFile: String?
    /// The same as text.
    package var authority: [UInt8]?
    /// PEM texts of the client's certificate and key.
    package var clientCertificate: [UInt8]?
    package var clientKey: [UInt8]?
    /// False accepts any certificate; only what an environment states outright.
    package var verifies = true

    package init() {}
}

/// What a server answered.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [HTTPHeader]
    package var body: BoundedOutput

    /// The first value of a header, by its name in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// The bounds of Transport.
package enum TransportBounds {
    /// Bytes kept of an output.
    package static let output = 1 << 20
    /// Bytes of a body after which reading is given up.
    package static let body = 64 << 20
    /// Bytes of all response headers.
    package static let headers = 64 << 10
    /// Connections at once, and kept: libcurl closes one after each request while there are more than it may
    /// keep, whether they are idle or not.
    package static let connections = 128
    /// Addresses of one name that are tried.
    package static let addresses = 4
}
