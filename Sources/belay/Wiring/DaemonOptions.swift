import ArgumentParser
import BelayEngine
import BelayProviders
import Text

/// A daemon that is named, for who cannot read its journal.
struct DaemonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The daemon, in place of the one that has the journal.",
            discussion: "Default: the variable BELAY_URL; http only to this host.",
            valueName: "url"))
    var url: String?

    /// Who is named, nil where the journal says it. A journal that is named stands before the variable.
    func named(_ store: StoreOptions, _ token: TokenOptions) throws(CommandProblem) -> DaemonClient?
    {
        guard let text = url ?? (store.store == nil ? Self.variable : nil) else { return nil }
        let example = "write it as https://belay.example.com or http://127.0.0.1:8421"
        let address: WebAddress
        do throws(WebAddressError) { address = try WebAddress(text) } catch {
            throw CommandProblem(.usage, "\(text): \(error.message)", help: example)
        }
        guard ["https", "http"].contains(address.scheme), address.query == nil else {
            throw CommandProblem(.usage, "\(text) is no address of a daemon", help: example)
        }
        guard address.scheme == "https" || Self.isThisHost(address.host) else {
            throw CommandProblem(
                .usage, "\(text): without TLS anybody on the way can read the token",
                help: "write https://")
        }
        return DaemonClient(at: address, token: try token.given())
    }

    private static var variable: String? {
        LiveWorld().variable("BELAY_URL").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where nobody is on the way who could read a token.
    static func isThisHost(_ host: String) -> Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }
}
