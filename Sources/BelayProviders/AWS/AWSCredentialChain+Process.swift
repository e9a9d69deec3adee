import BelayCompiler
import JSON

/// Credentials that a program of a profile prints: `credential_process`.
extension AWSCredentialChain {
    /// What such programs need of our environment: never the keys of another identity.
    private static let passedOn = [
        "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION", "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "HOME",
        "HTTPS_PROXY", "HTTP_PROXY", "LANG", "LOGNAME", "NO_PROXY", "PATH", "SSH_AUTH_SOCK",
        "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "USER", "XDG_RUNTIME_DIR", "http_proxy",
        "https_proxy", "no_proxy",
    ]
    private static let standardPath = "/usr/local/bin:/usr/bin:/bin"
    private static let timeout: Duration = .seconds(60)
    /// Keys without an end are asked for again after this, and not for every call.
    private static let keeping: Duration = .seconds(900)

    /// Runs the program without a shell. Neither its arguments nor what it prints are ever told: both may hold keys.
    nonisolated func fromProcess(
        _ line: String, profile: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        let who = "profile '\(profile)': its credential_process"
        guard let words = CommandWords.split(line), let program = words.first else {
            throw AWSCredentialsError("\(who) is empty or has a quote that is not closed")
        }
        let name = program.split(separator: "/").last.map(String.init) ?? program
        guard let path = find(program) else {
            throw AWSCredentialsError("\(who), \(name), is not there or may not be run")
        }
        var command = ChildCommand(path)
        command.arguments = Array(words.dropFirst())
        for name in Self.passedOn { command.environment[name] = variable(name) }
        command.environment["PATH"] = variable("PATH") ?? Self.standardPath
        command.timeout = Self.timeout
        let result: ChildResult
        do throws(ChildError) { result = try await children.run(command) } catch {
            throw AWSCredentialsError(
                "\(who), \(name), cannot be started", isPassing: error.cause == .exhausted)
        }
        switch (result.stop, result.ending) {
        case (_?, _):
            throw AWSCredentialsError("\(who), \(name), gave no answer in time", isPassing: true)
        case (nil, .signalled(let signal)):
            throw AWSCredentialsError("\(who), \(name), was ended by signal \(signal)")
        case (nil, .exited(let code)) where code != 0:
            throw AWSCredentialsError(
                "\(who), \(name), ended with exit code \(code); run it by hand to see why")
        case (nil, .exited): break
        }
        return try read(result.output.whole, "\(who), \(name),", profile)
    }

    private nonisolated func read(
        _ bytes: [UInt8]?, _ who: String, _ profile: String
    ) throws(AWSCredentialsError) -> AWSCredentials {
        guard let answer = bytes.flatMap({ try? JSONParser.parse($0) }), case .object = answer
        else {
            throw AWSCredentialsError("\(who) printed no JSON object")
        }
        guard answer["Version"] == 1 else {
            throw AWSCredentialsError("\(who) printed another Version than 1")
        }
        guard let key = answer["AccessKeyId"]?.stringValue, !key.isEmpty,
            let secret = answer["SecretAccessKey"]?.stringValue, !secret.isEmpty
        else {
            throw AWSCredentialsError("\(who) printed no AccessKeyId and SecretAccessKey")
        }
        var expires = now() + Self.keeping + Self.margin
        if let text = answer["Expiration"]?.stringValue {
            guard let time = Timestamp(rfc3339: text) else {
                throw AWSCredentialsError("\(who) printed an Expiration that is no RFC 3339 time")
            }
            guard time > now() else {
                throw AWSCredentialsError("\(who) printed credentials that have expired")
            }
            expires = time
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret,
            sessionToken: answer["SessionToken"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 },
            expires: expires, origin: "the process of profile \(profile)")
    }

    /// A program's absolute path; a bare name is looked for on PATH.
    private nonisolated func find(_ program: String) -> String? {
        if program.utf8.contains(UInt8(ascii: "/")) {
            return program.hasPrefix("/") && SmallFile.isExecutable(program) ? program : nil
        }
        return (variable("PATH") ?? Self.standardPath).split(separator: ":")
            .filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
            .first(where: SmallFile.isExecutable)
    }
}

/// A command line taken apart as a POSIX shell would, without anything else that a shell does.
enum CommandWords {
    /// Nil if a quote is not closed or the line ends in a backslash.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = line.makeIterator()
        while let character = characters.next() {
            if character == "\\", quote != "'" {
                guard let next = characters.next() else { return nil }
                // Between double quotes it is itself but before what it can escape there.
                let isPlain = quote == "\"" && !"\"\\$`".contains(next)
                word = (word ?? "") + (isPlain ? "\\\(next)" : String(next))
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil { return nil }
        if let whole = word { words.append(whole) }
        return words
    }
}
