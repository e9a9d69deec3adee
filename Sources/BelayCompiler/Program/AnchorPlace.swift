import Text

/// A place outside the journal that keeps its checkpoints.
package struct AnchorPlace: Sendable, Hashable {
    /// How a checkpoint gets there.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Appended to a file.
        case file
        /// Sent to an address.
        case http
        /// Committed to a git work tree.
        case git
    }

    package let kind: Kind
    /// A path or an address, as a person wrote it.
    package let place: String

    package init(kind: Kind, place: String) {
        self.kind = kind
        self.place = place
    }

    /// As figures and lines of the log call it: `file:/mnt/worm/belay.checkpoints`, `https://anchor.example.com/belay`.
    package var name: String { kind == .http ? place : "\(kind.rawValue):\(place)" }
}

/// An anchor of an environment: a place, how often it is given the newest checkpoint, and what opens its door.
package struct AnchorSetting: Sendable, Hashable {
    package var place: AnchorPlace
    package var every: Duration
    /// For an address that wants one.
    package var token: AnchorToken?

    package init(place: AnchorPlace, every: Duration, token: AnchorToken? = nil) {
        self.place = place
        self.every = every
        self.token = token
    }
}

/// The secret that an address is shown as a bearer token: what it is called and where its value is found, never the
/// value.
package struct AnchorToken: Sendable, Hashable {
    package var name: String
    package var reference: SecretReference

    package init(name: String, reference: SecretReference) {
        self.name = name
        self.reference = reference
    }
}

// MARK: - What a daemon cannot use

extension AnchorPlace {
    /// Why a daemon cannot use it, and what to do; nil if it can.
    var flaw: (what: String, cure: String)? {
        switch kind {
        case .file, .git: pathFlaw
        case .http: addressFlaw
        }
    }

    private var pathFlaw: (what: String, cure: String)? {
        guard place.utf8.first == UInt8(ascii: "/") else {
            return (
                "this path is not absolute", "a daemon has no folder of its own: begin it with `/`"
            )
        }
        guard kind == .file, place.utf8.last == UInt8(ascii: "/") else { return nil }
        return ("this names a folder", "add the name of a file: `\(place)belay.checkpoints`")
    }

    private var addressFlaw: (what: String, cure: String)? {
        let example = "write it as `https://anchor.example.com/belay`"
        guard place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
            return ("it holds a character that an address cannot hold", example)
        }
        let isPlain = place.lowercased().hasPrefix("http://")
        guard isPlain || place.lowercased().hasPrefix("https://") else {
            return ("an address begins with `https://`", example)
        }
        guard !place.utf8.contains(where: { "?#@".utf8.contains($0) }) else {
            return (
                "a user, a query or a fragment cannot stand here",
                "the address is shown in figures and in the log: nothing secret may be in it"
            )
        }
        let rest = place.drop { $0 != "/" }.dropFirst(2)
        guard let host = Self.host(rest.prefix { $0 != "/" }) else {
            return ("it has no host and port that can be called", example)
        }
        guard !isPlain || Self.isLoopback(host) else {
            return ("without TLS anybody on the way can change it", "write `https://`")
        }
        return nil
    }

    /// The host of `HOST`, `HOST:PORT` or `[IPV6]:PORT`; nil if it is none.
    private static func host(_ authority: Substring) -> String? {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == ":" else { return nil }
            port = after.isEmpty ? nil : after.dropFirst()
            guard IPAddress(String(host))?.family == .v6 else { return nil }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard isName(host) else { return nil }
        }
        if let port, UInt16(port).map({ $0 > 0 }) != true { return nil }
        return host.lowercased()
    }

    /// A host's name, or an IPv4 address in its usual form.
    private static func isName(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63
                && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
        }
        guard isPlain, let last = labels.last?.first else { return false }
        return !last.isNumber || IPAddress(String(host)) != nil
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return ["127.0.0.0/8", "::1/128"].compactMap { CIDRBlock($0) }.contains {
            $0.contains(address)
        }
    }
}
