import BelayEngine
import JSON

/// Where an API server is and how to get in: a binding's own settings, a kubeconfig file, or the service account of the
/// pod that we run in, in this order.
struct KubernetesCluster: Sendable {
    let server: WebAddress
    let tls: TLSSettings
    private let token: String?
    /// The namespace of the context.
    let namespace: String?
    /// Where a pod finds its service account.
    static let account = "/var/run/secrets/kubernetes.io/serviceaccount"

    init(
        _ settings: JSONObject, _ tools: ProviderTools, account: String = KubernetesCluster.account
    ) throws(Refusal) {
        let text = { (name: String) in
            settings[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        let files = KubernetesCluster.files(text, tools)
        if let address = text("server") {
            guard files == nil else {
                throw .invalid("'server' is set, and 'kubeconfig' or 'context' too")
            }
            server = try HTTPSettings.address(address, "server")
            token = text("token")
            tls = HTTPSettings.tls(settings)
            namespace = nil
        } else if let files {
            for name in ["token", "ca_file", "client_certificate", "client_key"]
            where text(name) != nil {
                throw .invalid("'\(name)' is set, and the kubeconfig has its own")
            }
            let config = try KubeConfig.load(files, context: text("context"))
            (server, tls) = (config.server, config.tls)
            (token, namespace) = (config.token, config.namespace)
        } else {
            (server, token, tls) = try KubernetesCluster.own(settings, tools, account)
            namespace = SmallFile.text("\(account)/namespace")?.trimmed
        }
    }

    /// The kubeconfig files, if the binding asks for one: nobody's own file is used unasked.
    private static func files(
        _ text: (String) -> String?, _ tools: ProviderTools
    ) -> [String]? {
        if let path = text("kubeconfig") { return [path] }
        guard text("context") != nil else { return nil }
        if let paths = tools.variable("KUBECONFIG"), !paths.isEmpty {
            return paths.split(separator: ":").map(String.init)
        }
        return ["\(tools.variable("HOME") ?? "")/.kube/config"]
    }

    /// The cluster of the pod.
    private static func own(
        _ settings: JSONObject, _ tools: ProviderTools, _ account: String
    ) throws(Refusal) -> (WebAddress, String, TLSSettings) {
        guard let host = tools.variable("KUBERNETES_SERVICE_HOST"),
            let port = tools.variable("KUBERNETES_SERVICE_PORT"),
            let token = SmallFile.text("\(account)/token")
        else {
            throw .invalid(
                "no 'server', 'kubeconfig' or 'context' is set, and this is no pod of a cluster")
        }
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        var tls = HTTPSettings.tls(settings)
        if tls.authorityFile == nil { tls.authorityFile = "\(account)/ca.crt" }
        return (
            try HTTPSettings.address("https://\(name):\(port)", "server"),
            settings["token"]?.stringValue ?? token.trimmed, tls
        )
    }

    /// Takes a token that no environment declares as a secret out of what the server says.
    var secrets: SecretVault {
        SecretVault(values: token.map { ["KUBERNETES_TOKEN": $0] } ?? [:])
    }

    func message(_ verb: KubernetesVerb) -> HTTPRequest {
        var url = server
        let root = server.path.hasSuffix("/") ? String(server.path.dropLast()) : server.path
        url.path = root + verb.path
        var message = HTTPRequest(verb.method, url)
        message.tls = tls
        message.headers = [HTTPHeader("Accept", "application/json")]
        if let token { message.headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        if let patch = verb.patch {
            message.body = Array(patch.text().utf8)
            message.headers.append(HTTPHeader("Content-Type", "application/merge-patch+json"))
        }
        return message
    }
}

/// One request to the API server.
struct KubernetesVerb {
    let method: String
    let path: String
    let patch: JSONValue?

    init(_ method: String, _ path: String, _ patch: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.patch = patch
    }
}
