import ArgumentParser
import BelayEngine
import BelayServer
import Cryptography

/// What clients of a daemon must bear.
struct TokenOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the token of the API.",
            discussion: "Default: the variable BELAY_TOKEN, else `.token` beside the journal.",
            valueName: "file"))
    var tokenFile: String?

    /// The shortest token that is taken.
    private static let least = 16

    /// The token; where none is given and none is there yet, one is made beside the journal, readable by its owner.
    func make(beside store: String) throws(CommandProblem) -> [UInt8] {
        if tokenFile == nil, Self.variable == nil, !Files.exists(store + ".token") {
            let token = Array(Base64.encode(SecureRandom.bytes(32), .url).utf8)
            let path = store + ".token"
            do throws(PrivateFile.Failure) {
                try PrivateFile.make(token + [0x0a], at: path)
            } catch {
                throw CommandProblem(.unreadable, "cannot write \(path): \(error.message)")
            }
        }
        return try read(beside: store)
    }

    func read(beside store: String) throws(CommandProblem) -> [UInt8] {
        if tokenFile == nil, let variable = Self.variable {
            return try Self.checked(Array(variable.utf8), "BELAY_TOKEN")
        }
        let path = tokenFile ?? store + ".token"
        let bytes = try Files.read(path)
        return try Self.checked(bytes.filter { $0 > 0x20 }, path)
    }

    /// The token of whoever has no journal at hand.
    func given() throws(CommandProblem) -> [UInt8] {
        if let tokenFile {
            return try Self.checked(Files.read(tokenFile).filter { $0 > 0x20 }, tokenFile)
        }
        guard let variable = Self.variable else {
            throw CommandProblem(
                .usage, "a daemon that is named by its address wants a token",
                help: "name your token with --token-file or BELAY_TOKEN")
        }
        return try Self.checked(Array(variable.utf8), "BELAY_TOKEN")
    }

    private static var variable: String? {
        LiveWorld().variable("BELAY_TOKEN").flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func checked(_ token: [UInt8], _ place: String) throws(CommandProblem) -> [UInt8]
    {
        guard token.count >= least, token.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw CommandProblem(
                .usage, "the token in \(place) is no token",
                help: "at least \(least) printable characters: openssl rand -base64 32")
        }
        return token
    }
}
