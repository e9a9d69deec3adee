import BelayCompiler
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// Credentials are looked for in their order; metadata services are stand-ins made from their public contracts.
@Suite struct AWSCredentialChainTests {
    private func chain(
        _ variables: [String: String],
        now: @escaping @Sendable () -> Timestamp = { Timestamp(microseconds: 0) }
    ) -> AWSCredentialChain {
        let http = JudgedClient(curl: CurlClient(), resolver: .system())
        let all = ["AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"].merging(variables) {
            $1
        }
        return AWSCredentialChain(
            http: http, children: ChildProcesses(), variable: { all[$0] }, now: now)
    }

    private func find(
        _ chain: AWSCredentialChain, _ identity: AWSCredentialChain.Identity = .init()
    ) async -> Result<AWSCredentials, AWSCredentialsError> {
        do throws(AWSCredentialsError) {
            return .success(try await chain.credentials(for: identity, region: "eu-west-1"))
        } catch { return .failure(error) }
    }

    private func files(_ config: String, _ credentials: String) throws -> [String: String] {
        let folder = try Fixtures.temporaryFolder()
        let paths = ["config", "credentials"].map {
            folder.appending(path: $0).path(percentEncoded: false)
        }
        try config.write(toFile: paths[0], atomically: true, encoding: .utf8)
        try credentials.write(toFile: paths[1], atomically: true, encoding: .utf8)
        return ["AWS_CONFIG_FILE": paths[0], "AWS_SHARED_CREDENTIALS_FILE": paths[1]]
    }

    @Test func variablesComeFirstAndANamedProfileBeforeThem() async throws {
        var variables = try files(
            "[profile ops]\nregion = eu-west-1\n",
            "[ops]\naws_access_key_id=AKOPS\naws_secret_access_key=s\n")
        variables["AWS_ACCESS_KEY_ID"] = "AKENV"
        variables["AWS_SECRET_ACCESS_KEY"] = "x"
        variables["AWS_SESSION_TOKEN"] = "t"
        let found = try await find(chain(variables)).get()
        #expect(found.accessKey == "AKENV" && found.sessionToken == "t")
        let named = try await find(chain(variables), .init(profile: "ops")).get()
        #expect(named.accessKey == "AKOPS")
        variables["AWS_PROFILE"] = "ops"
        #expect(try await find(chain(variables)).get().accessKey == "AKOPS")
    }

    /// What cannot be followed is said, with the way around it.
    @Test func singleSignOnIsNamed() async throws {
        let variables = try files(
            "[profile ops]\nsso_session = corp\nsso_account_id = 1\n[profile old]\nsso_start_url = https://x\n",
            "")
        for name in ["ops", "old"] {
            guard case .failure(let error) = await find(chain(variables), .init(profile: name))
            else {
                Issue.record("\(name) has credentials")
                continue
            }
            #expect(error.message.contains("SSO"))
            #expect(error.message.contains("export-credentials --profile \(name)"))
        }
    }

    @Test func filesAreReadAsTheToolsReadThem() throws {
        var profiles = AWSProfiles()
        profiles.add(
            "# c\n[default]\nregion=us-east-1\n[profile a b]\nRole_Arn = r = 1 \ns3 =\n  nested = no\n[other]\nx=1\n",
            isConfig: true)
        profiles.add("[a b]\naws_access_key_id = K\n[default]\nregion = eu-west-1", isConfig: false)
        #expect(profiles.profiles["default"] == ["region": "eu-west-1"])
        #expect(
            profiles.profiles["a b"] == ["role_arn": "r = 1", "s3": "", "aws_access_key_id": "K"])
        #expect(profiles.profiles["other"] == nil)
    }

    @Test func whatIsMissingIsTold() async throws {
        guard case .failure(let none) = await find(chain([:])) else {
            Issue.record("found")
            return
        }
        #expect(none.message.contains("no AWS credentials"))
        guard case .failure(let profile) = await find(chain([:]), .init(profile: "x")) else {
            Issue.record("found")
            return
        }
        #expect(profile.message == "profile 'x' has no credentials")
        let loop = try files(
            "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\nsource_profile=a\n",
            "")
        guard case .failure(let circle) = await find(chain(loop), .init(profile: "a")) else {
            Issue.record("found")
            return
        }
        #expect(circle.message.contains("leads back to itself"))
    }

    private func metadata() async throws -> Peer {
        try await Peer.start("python3", [Fixtures.path("servers/metadata.py"), "{port}"])
    }

    @Test func containersAndInstancesAreAsked() async throws {
        let peer = try await metadata()
        let base = "http://127.0.0.1:\(peer.port)"
        let container = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(base)/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "tok",
        ]
        #expect(try await find(chain(container)).get().accessKey == "AKCONTAINER")
        let instance = [
            "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": base,
        ]
        let found = try await find(chain(instance)).get()
        #expect(found.accessKey == "AKINSTANCE1")
        #expect(found.origin == "instance role web-role")
        #expect(found.sessionToken == "instance-token")
    }

    @Test func temporaryKeysAreKeptAndRenewedBeforeTheirEnd() async throws {
        let peer = try await metadata()
        let time = Locked(try #require(Timestamp(rfc3339: "2030-01-01T00:00:00Z")))
        let variables = [
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(peer.port)/",
        ]
        let chain = chain(variables) { time.withLock { $0 } }
        #expect(try await find(chain).get().accessKey == "AKINSTANCE1")
        #expect(try await find(chain).get().accessKey == "AKINSTANCE1")
        time.withLock { $0 = $0 + .seconds(3_600 - 200) }
        #expect(try await find(chain).get().accessKey == "AKINSTANCE2")
    }

    @Test func rolesAreAssumedByTokenAndByProfile() async throws {
        let moto = try await Peer.start("moto_server", ["-H", "127.0.0.1", "-p", "{port}"])
        let folder = try Fixtures.temporaryFolder()
        let token = folder.appending(path: "token").path(percentEncoded: false)
        try "header.payload.signature".write(toFile: token, atomically: true, encoding: .utf8)
        let role = "arn:aws:iam::123456789012:role/deployer"
        var variables = try files(
            "[profile dev]\nrole_arn = \(role)\nsource_profile = base\n",
            "[base]\naws_access_key_id=AK\naws_secret_access_key=s\n")
        variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:\(moto.port)"
        let assumed = try await find(chain(variables), .init(profile: "dev")).get()
        #expect(assumed.sessionToken?.isEmpty == false && assumed.expires != nil)
        #expect(assumed.origin == "role \(role)")
        let further = try await find(chain(variables), .init(profile: "base", role: role)).get()
        #expect(further.origin == "role \(role)")
        variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = token
        variables["AWS_ROLE_ARN"] = role
        let web = try await find(chain(variables)).get()
        #expect(web.origin == "web identity \(role)" && web.sessionToken?.isEmpty == false)
    }
}

/// `credential_process`: what a program prints is kept, renewed, and never told.
@Suite struct CredentialProcessTests {
    private struct Stand {
        let folder: URL
        let variables: [String: String]
        /// The clock of the chain.
        let time: Locked<Timestamp>
        let chain: AWSCredentialChain

        /// - Parameter script: of a program whose first argument is a secret; `$0` is in the folder of the test.
        init(_ script: String, config: String = "", credentials: String = "") throws {
            folder = try Fixtures.temporaryFolder()
            let path = { [folder] (name: String) in
                folder.appending(path: name).path(percentEncoded: false)
            }
            // Run by a shell of the system: a file just written may still be open in a child of another test, and
            // such a file cannot be started.
            try script.write(toFile: path("keys"), atomically: true, encoding: .utf8)
            try
                "[profile ops]\ncredential_process = /bin/sh '\(path("keys"))' \"hunter 2\" a\\ b\n\(config)"
                .write(toFile: path("config"), atomically: true, encoding: .utf8)
            try credentials.write(toFile: path("credentials"), atomically: true, encoding: .utf8)
            let variables = [
                "AWS_CONFIG_FILE": path("config"), "HOME": path(""),
                "AWS_SHARED_CREDENTIALS_FILE": path("credentials"), "PATH": "/usr/bin:/bin",
                "AWS_SECRET_ACCESS_KEY": "not passed on", "AWS_EC2_METADATA_DISABLED": "true",
            ]
            let time = Locked(try #require(Timestamp(rfc3339: "2030-01-01T00:00:00Z")))
            (self.variables, self.time) = (variables, time)
            chain = AWSCredentialChain(
                http: JudgedClient(curl: CurlClient(), resolver: .system()),
                children: ChildProcesses(), variable: { variables[$0] },
                now: { time.withLock { $0 } })
        }

        func find(_ profile: String = "ops") async -> Result<AWSCredentials, AWSCredentialsError> {
            do throws(AWSCredentialsError) {
                return .success(
                    try await chain.credentials(
                        for: .init(profile: profile), region: "eu-west-1"))
            } catch { return .failure(error) }
        }

        /// How often the program has run, if its script counts.
        var runs: Int {
            let text = try? String(contentsOf: folder.appending(path: "runs"), encoding: .utf8)
            return text?.split(separator: "\n").count ?? 0
        }
    }

    private static let counting = "echo run >>$(dirname $0)/runs; "

    private static func keys(_ more: String = "") -> String {
        "cat <<END\n{\"Version\": 1, \"AccessKeyId\": \"AKPROC\", \"SecretAccessKey\": \"hunter3\"\(more)}\nEND\n"
    }

    @Test func theProgramGetsItsArgumentsAndNoKeysOfOurs() async throws {
        let stand = try Stand(
            "[ \"$1|$2|$#\" = 'hunter 2|a b|2' ] && [ -z \"$AWS_SECRET_ACCESS_KEY\" ] && [ -n \"$HOME\" ] || exit 9\n"
                + Self.keys(", \"SessionToken\": \"tok\""))
        let found = try await stand.find().get()
        #expect(found.accessKey == "AKPROC" && found.sessionToken == "tok")
        #expect(found.origin == "the process of profile ops")
        #expect(!"\(found)".contains("hunter"))
    }

    @Test func temporaryKeysAreRenewedBeforeTheyExpire() async throws {
        let stand = try Stand(
            Self.counting + Self.keys(", \"Expiration\": \"2030-01-01T01:00:00Z\""))
        _ = try await stand.find().get()
        _ = try await stand.find().get()
        #expect(stand.runs == 1)
        stand.time.withLock { $0 = $0 + .seconds(3_400) }
        _ = try await stand.find().get()
        #expect(stand.runs == 2)
        stand.time.withLock { $0 = $0 + .seconds(300) }
        guard case .failure(let error) = await stand.find() else {
            Issue.record("expired keys were taken")
            return
        }
        #expect(error.message.contains("have expired"))
    }

    @Test func lastingKeysAreAskedForNowAndThen() async throws {
        let stand = try Stand(Self.counting + Self.keys())
        for _ in 0..<3 { _ = try await stand.find().get() }
        #expect(stand.runs == 1)
        stand.time.withLock { $0 = $0 + .seconds(1_000) }
        _ = try await stand.find().get()
        #expect(stand.runs == 2)
    }

    @Test func itIsASourceOfRolesAndComesAfterTheCredentialsFile() async throws {
        let stand = try Stand(
            Self.keys(),
            config: "[profile dev]\nrole_arn = r\nsource_profile = ops\n",
            credentials: "[ops]\naws_access_key_id = AKFILE\naws_secret_access_key = s\n")
        #expect(try await stand.find().get().accessKey == "AKFILE")
        let other = try Stand(
            Self.keys(), config: "aws_access_key_id = AKCONFIG\naws_secret_access_key = s\n")
        #expect(try await other.find().get().accessKey == "AKPROC")
    }

    @Test(arguments: [
        ("echo hunter3 >&2; echo hunter3; exit 3", "exit code 3"), ("kill -9 $$", "signal 9"),
        ("echo 'hunter3'", "no JSON object"), ("echo '[1]'", "no JSON object"),
        ("echo '{\"AccessKeyId\": \"hunter3\"}'", "another Version than 1"),
        ("echo '{\"Version\": 2, \"SecretAccessKey\": \"hunter3\"}'", "another Version than 1"),
        ("echo '{\"Version\": 1, \"SecretAccessKey\": \"hunter3\"}'", "no AccessKeyId"),
        (
            "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hunter3\", \"Expiration\": \"soon\"}'",
            "no RFC 3339 time"
        ),
        ("head -c 3000000 /dev/zero", "no JSON object"),
    ])
    func whatGoesWrongIsToldWithoutSecrets(_ script: String, _ words: String) async throws {
        guard case .failure(let error) = await (try Stand(script)).find() else {
            Issue.record("\(script) gave credentials")
            return
        }
        #expect(error.message.contains(words), "\(error.message)")
        #expect(!error.message.contains("hunter"), "\(error.message)")
        #expect(!error.isPassing)
    }

    @Test func whatCannotBeStartedIsNamed() async throws {
        let config = """
            [profile gone]
            credential_process = /nonexistent/tool hunter2
            [profile open]
            credential_process = tool 'hunter2
            [profile found]
            credential_process = sh -c 'exit 5' hunter2
            """
        let stand = try Stand("", config: config)
        for (profile, words) in [
            ("gone", "tool, is not there"), ("open", "quote that is not closed"),
            ("found", "sh, ended with exit code 5"),
        ] {
            guard case .failure(let error) = await stand.find(profile) else {
                Issue.record("\(profile) has credentials")
                continue
            }
            #expect(error.message.contains(words), "\(error.message)")
            #expect(!error.message.contains("hunter"), "\(error.message)")
        }
    }

    @Test(
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c'd \"e f\"", ["a", "b cd", "e f"]),
            ("a\\ b '' \"\"", ["a b", "", ""]), ("\"a\\\"b\\n\" '\\'", ["a\"b\\n", "\\"]), ("", []),
            ("'a", nil), ("a \\", nil), ("$(id) `id` ;", ["$(id)", "`id`", ";"]),
        ] as [(String, [String]?)])
    func wordsAreTakenApartAsAShellWould(_ line: String, _ words: [String]?) {
        #expect(CommandWords.split(line) == words)
    }
}
