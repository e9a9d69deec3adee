import BelayCompiler
import BelayEngine
import JSON

/// What a binding says about HTTP: who may be called, whom to trust, who we are.
enum HTTPSettings {
    static let contract = [
        InputContract(
            "hosts", .list,
            description:
                "Names, or `*.` and a suffix, that may be called; default: any public host."),
        InputContract("ports", .list, description: "Ports that may be called; default 80 and 443."),
        InputContract(
            "networks", .list,
            description:
                "Private or special networks that may be called all the same, such as `10.0.0.0/8`."
        ),
        InputContract(
            "ca_file", .string,
            description: "PEM file of the authorities to trust instead of the system's."),
        InputContract(
            "client_certificate", .string, description: "PEM text of the client's certificate."),
        InputContract("client_key", .string, description: "PEM text of its key."),
    ]

    /// The request's address, headers, TLS and recovery, and the policy that judges where it goes.
    ///
    /// An address that the binding itself states may be anywhere but at a metadata service: who writes an
    /// environment is trusted, who sends an incident is not.
    static func request(
        _ call: ActionCall, method: String
    ) throws(Refusal) -> (HTTPRequest, HostPolicy) {
        let text = try call.required("url")
        let url = try address(text, "url")
        var request = HTTPRequest(method, url)
        request.headers = try call.textMap("headers").map { HTTPHeader($0.0, $0.1) }
        request.mayRepeat = call.request.recovery.mayRepeat
        request.tls = tls(call)
        var policy = try policy(call)
        if call.settings["url"] != nil { policy.trusted.insert(url.authority) }
        return (request, policy)
    }

    static func address(_ text: String, _ name: String) throws(Refusal) -> WebAddress {
        do throws(WebAddressError) {
            let url = try WebAddress(text)
            guard url.scheme == "http" || url.scheme == "https" else {
                throw WebAddressError("the scheme '\(url.scheme)' is not http or https")
            }
            return url
        } catch {
            throw Refusal(
                .failed(.denied, retryable: false, message: "'\(name)': \(error.message)"))
        }
    }

    static func tls(_ call: ActionCall) -> TLSSettings { tls(call.settings) }

    static func tls(_ settings: JSONObject) -> TLSSettings {
        var tls = TLSSettings()
        tls.authorityFile = settings["ca_file"]?.stringValue
        tls.clientCertificate = settings["client_certificate"]?.stringValue.map { Array($0.utf8) }
        tls.clientKey = settings["client_key"]?.stringValue.map { Array($0.utf8) }
        return tls
    }

    /// Only the binding widens what may be called, never a step's inputs.
    static func policy(_ call: ActionCall) throws(Refusal) -> HostPolicy {
        var policy = HostPolicy()
        if call.settings["hosts"] != nil { policy.hosts = try call.texts("hosts") }
        if call.settings["ports"] != nil, let ports = try call.texts("ports") {
            policy.ports = Set(ports.compactMap { Int($0) })
        }
        if call.settings["networks"] != nil, let networks = try call.texts("networks"),
            let wrong = policy.allow(networks: networks)
        {
            throw .invalid("'networks' holds '\(wrong)', which is no network")
        }
        return policy
    }
}
