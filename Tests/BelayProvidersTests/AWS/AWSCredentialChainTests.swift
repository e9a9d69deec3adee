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
        return AWSCredentialChain(http: http, variable: { all[$0] }, now: now)
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
