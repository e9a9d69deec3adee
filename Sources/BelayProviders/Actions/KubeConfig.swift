import BelayCompiler
import BelayEngine
import Cryptography
import JSON

/// One context of a kubeconfig file, as `kubectl` would use it: the server, whom to trust, who we are.
///
/// Whatever the file asks for and is not done here (credential programs, proxies, acting as somebody else) is refused
/// in words: left out in silence, it would reach another server or act with other rights than the file says.
struct KubeConfig: Sendable {
    let server: WebAddress
    let tls: TLSSettings
    let token: String?
    let namespace: String?

    /// Reads the files in order; of an entry that several have, the first counts.
    ///
    /// - Parameter context: nil for the files' `current-context`.
    static func load(_ paths: [String], context: String?) throws(Refusal) -> KubeConfig {
        var merged = Merged()
        var found = false
        for path in paths {
            guard let bytes = SmallFile.bytes(path) else { continue }
            found = true
            try merged.add(bytes, path)
        }
        let place = paths.joined(separator: ":")
        guard found else {
            throw Refusal(
                .failed(
                    .notFound, retryable: false,
                    message: "the kubeconfig '\(place)' cannot be read"))
        }
        guard let name = context ?? merged.current else {
            throw .invalid("the kubeconfig '\(place)' has no current-context: state `context`")
        }
        return try merged.config(of: name, place)
    }

    private init(server: WebAddress, tls: TLSSettings, token: String?, namespace: String?) {
        self.server = server
        self.tls = tls
        self.token = token
        self.namespace = namespace
    }

    /// Named entries of all files.
    private struct Merged {
        var clusters: [String: Entry] = [:]
        var users: [String: Entry] = [:]
        var contexts: [String: Entry] = [:]
        var current: String?

        mutating func add(_ bytes: [UInt8], _ path: String) throws(Refusal) {
            var diagnostics = Diagnostics()
            let root = YAMLParser.parse(SourceFile(path: path, bytes: bytes), &diagnostics)
            // What the parser says may quote the line, and the line may be a token.
            guard let root, !diagnostics.hasErrors, root.entries != nil else {
                throw .invalid("the kubeconfig '\(path)' is no YAML map")
            }
            clusters.merge(Self.entries(root, "clusters", "cluster", path)) { old, _ in old }
            users.merge(Self.entries(root, "users", "user", path)) { old, _ in old }
            contexts.merge(Self.entries(root, "contexts", "context", path)) { old, _ in old }
            let own = Entry(node: root, path: path).text("current-context")
            current = current ?? own
        }

        private static func entries(
            _ root: YAMLNode, _ list: String, _ member: String, _ path: String
        ) -> [String: Entry] {
            var entries: [String: Entry] = [:]
            for item in root[list]?.items ?? [] {
                guard let name = item["name"]?.scalar?.text, let node = item[member],
                    entries[name] == nil
                else { continue }
                entries[name] = Entry(node: node, path: path)
            }
            return entries
        }

        func config(of name: String, _ place: String) throws(Refusal) -> KubeConfig {
            guard let context = contexts[name] else {
                let known = contexts.keys.sorted().joined(separator: ", ")
                throw .invalid(
                    "the kubeconfig '\(place)' has no context '\(name)'"
                        + (known.isEmpty ? "" : " (known: \(known))"))
            }
            guard let clusterName = context.text("cluster"), let cluster = clusters[clusterName]
            else { throw .invalid("the context '\(name)' names no cluster of '\(place)'") }
            guard let server = cluster.text("server") else {
                throw .invalid("the cluster '\(clusterName)' has no server")
            }
            var tls = try cluster.trust(of: clusterName)
            var token: String?
            if let userName = context.text("user") {
                guard let user = users[userName] else {
                    throw .invalid("the context '\(name)' names no user of '\(place)'")
                }
                token = try user.identity(of: userName, &tls)
            }
            return KubeConfig(
                server: try HTTPSettings.address(server, "server"), tls: tls, token: token,
                namespace: context.text("namespace"))
        }
    }
}

/// A map of the file, and where the file is: its relative paths begin there.
private struct Entry {
    let node: YAMLNode
    let path: String

    /// Text that is there and not empty.
    func text(_ name: String) -> String? {
        guard let value = node[name], !value.isNull, let text = value.scalar?.text, !text.isEmpty
        else { return nil }
        return text
    }

    private func isGiven(_ name: String) -> Bool {
        guard let value = node[name], !value.isNull else { return false }
        return value.scalar.map { !$0.text.isEmpty && $0.text != "false" } ?? true
    }

    private func file(_ name: String) -> String? {
        guard let text = text(name) else { return nil }
        if text.hasPrefix("/") { return text }
        return path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + text
    }

    /// What `NAME-data` holds, else the file that `NAME` names.
    private func pem(_ name: String) throws(Refusal) -> [UInt8]? {
        if let data = text("\(name)-data") {
            guard let bytes = Base64.decode(data) else {
                throw .invalid("'\(name)-data' in '\(path)' is no base64")
            }
            return bytes
        }
        return try file(name).map { (file) throws(Refusal) in try Self.bytes(file, name) }
    }

    private static func bytes(_ file: String, _ name: String) throws(Refusal) -> [UInt8] {
        guard let bytes = SmallFile.bytes(file) else {
            throw Refusal(
                .failed(
                    .notFound, retryable: false,
                    message: "the file '\(file)' of '\(name)' cannot be read"))
        }
        return bytes
    }

    func trust(of name: String) throws(Refusal) -> TLSSettings {
        try refuse(
            [
                ("proxy-url", "asks for a proxy, and requests go straight to judged addresses"),
                ("tls-server-name", "asks for another name in the certificate"),
            ], "cluster '\(name)'")
        var tls = TLSSettings()
        tls.authority = try pem("certificate-authority")
        if isGiven("insecure-skip-tls-verify") {
            guard tls.authority == nil else {
                throw .invalid(
                    "the cluster '\(name)' has a certificate-authority and insecure-skip-tls-verify"
                )
            }
            tls.verifies = false
        }
        return tls
    }

    /// The user's token; a certificate goes into `tls`.
    func identity(of name: String, _ tls: inout TLSSettings) throws(Refusal) -> String? {
        let instead = "; put a service account's token into `token` or `tokenFile`"
        try refuse(
            [
                ("exec", "gets credentials from a program (exec), which is not run" + instead),
                (
                    "auth-provider",
                    "gets credentials from an auth-provider, which is gone" + instead
                ),
                ("username", "has a password, which API servers take no more" + instead),
                ("as", "acts as somebody else (as)"), ("as-uid", "acts as somebody else (as-uid)"),
                ("as-groups", "acts as somebody else (as-groups)"),
                ("as-user-extra", "acts as somebody else (as-user-extra)"),
            ], "user '\(name)'")
        tls.clientCertificate = try pem("client-certificate")
        tls.clientKey = try pem("client-key")
        if (tls.clientCertificate == nil) != (tls.clientKey == nil) {
            throw .invalid("the user '\(name)' has a client-certificate or client-key alone")
        }
        // A file is read for every call: what writes it renews the token.
        guard let file = file("tokenFile") else { return text("token") }
        let token = String(decoding: try Self.bytes(file, "tokenFile"), as: UTF8.self).trimmed
        guard !token.isEmpty else { throw .invalid("the file '\(file)' of 'tokenFile' is empty") }
        return token
    }

    private func refuse(_ members: [(String, String)], _ who: String) throws(Refusal) {
        for (name, what) in members where isGiven(name) {
            throw .invalid("the \(who) of the kubeconfig \(what)")
        }
    }
}
