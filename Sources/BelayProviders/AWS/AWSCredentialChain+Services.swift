import BelayCompiler
import JSON
import Text

/// Credentials that a service hands out: STS, the container's agent, the instance's metadata service.
extension AWSCredentialChain {
    // MARK: - Security Token Service

    nonisolated func fromWebIdentity(
        _ region: String
    ) async throws(AWSCredentialsError) -> AWSCredentials? {
        guard let file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
            let role = variable("AWS_ROLE_ARN")
        else { return nil }
        return try await webIdentity(file, role, variable("AWS_ROLE_SESSION_NAME"), region)
    }

    nonisolated func webIdentity(
        _ file: String, _ role: String, _ session: String?, _ region: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        guard let token = SmallFile.text(file)?.trimmed, !token.isEmpty else {
            throw AWSCredentialsError("the web identity token file '\(file)' cannot be read")
        }
        return try await fromSTS(
            "AssumeRoleWithWebIdentity",
            [
                ("RoleArn", role), ("RoleSessionName", session ?? "belay"),
                ("WebIdentityToken", token),
            ],
            signedBy: nil, region, origin: "web identity \(role)")
    }

    nonisolated func assume(
        _ role: String, _ externalID: String?, _ session: String?, with source: AWSCredentials,
        _ region: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        var parameters = [("RoleArn", role), ("RoleSessionName", session ?? "belay")]
        if let externalID { parameters.append(("ExternalId", externalID)) }
        return try await fromSTS(
            "AssumeRole", parameters, signedBy: source, region, origin: "role \(role)")
    }

    private nonisolated func fromSTS(
        _ action: String, _ parameters: [(String, String)], signedBy source: AWSCredentials?,
        _ region: String, origin: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        let caller = AWSCaller(http: http, now: now)
        let endpoint: WebAddress
        do throws(AWSEndpointError) {
            endpoint = try AWSService.sts.endpoint(region: region, variable: variable)
        } catch {
            throw AWSCredentialsError(error.message)
        }
        let call = AWSCall(.sts, action, .form(parameters))
        let answer = await caller.send(
            call, to: endpoint, region: region, credentials: source, timeout: .seconds(10))
        switch answer {
        case .success(let response):
            let found = response.xml?.first("Credentials")
            return try AWSCredentialChain.credentials(
                found?.text("AccessKeyId"), found?.text("SecretAccessKey"),
                found?.text("SessionToken"),
                found?.text("Expiration"), origin)
        case .failure(let failure):
            throw AWSCredentialsError("\(action): \(failure.message)", isPassing: failure.isPassing)
        }
    }

    // MARK: - Container

    nonisolated func fromContainer() async throws(AWSCredentialsError) -> AWSCredentials? {
        let address: String
        if let relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            address = "http://169.254.170.2" + relative
        } else if let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            address = full
        } else {
            return nil
        }
        var headers: [HTTPHeader] = []
        let file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").flatMap(SmallFile.text)
        if let token = file ?? variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            headers.append(HTTPHeader("Authorization", token.trimmed))
        }
        let response = try await ask(
            "GET", address, headers, who: "the container's credential service")
        return try AWSCredentialChain.credentials(in: response, origin: "container")
    }

    // MARK: - Instance

    /// Nil where there is no such service, as on any machine that is no instance.
    nonisolated func fromInstance() async throws(AWSCredentialsError) -> AWSCredentials? {
        if variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        let lifetime = HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")
        guard
            let token = try? await ask(
                "PUT", "\(root)/latest/api/token", [lifetime], who: "metadata")
        else { return nil }
        let header = HTTPHeader("X-aws-ec2-metadata-token", token.trimmed)
        let folder = "\(root)/latest/meta-data/iam/security-credentials/"
        let who = "the instance's metadata service"
        let roles = try await ask("GET", folder, [header], who: who)
        guard let role = roles.split(whereSeparator: \.isNewline).first else { return nil }
        let response = try await ask("GET", folder + role, [header], who: who)
        return try AWSCredentialChain.credentials(in: response, origin: "instance role \(role)")
    }

    private nonisolated func ask(
        _ method: String, _ address: String, _ headers: [HTTPHeader], who: String
    ) async throws(AWSCredentialsError) -> String {
        let url: WebAddress
        do throws(WebAddressError) {
            url = try WebAddress(address)
        } catch {
            throw AWSCredentialsError("\(who): \(error.message)")
        }
        var request = HTTPRequest(method, url)
        request.headers = headers
        request.timeout = .seconds(2)
        request.connectTimeout = .seconds(1)
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        policy.networks = [
            "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "fd00:ec2::/32",
        ]
        .compactMap(CIDRBlock.init)
        do throws(TransferFailure) {
            let response = try await http.send(request, policy: policy)
            guard response.status == 200 else {
                throw TransferFailure(.refused, sent: true, "status \(response.status)")
            }
            return response.body.text
        } catch {
            throw AWSCredentialsError(
                "\(who): \(error.message)", isPassing: error.cause != .refused)
        }
    }

    // MARK: - Answers

    private static func credentials(
        in text: String, origin: String
    ) throws(AWSCredentialsError) -> AWSCredentials {
        let answer = try? JSONParser.parse(Array(text.utf8))
        if let code = answer?["Code"]?.stringValue, code != "Success" {
            throw AWSCredentialsError("\(origin): \(code)", isPassing: true)
        }
        return try credentials(
            answer?["AccessKeyId"]?.stringValue, answer?["SecretAccessKey"]?.stringValue,
            answer?["Token"]?.stringValue, answer?["Expiration"]?.stringValue, origin)
    }

    private static func credentials(
        _ key: String?, _ secret: String?, _ token: String?, _ expires: String?, _ origin: String
    ) throws(AWSCredentialsError) -> AWSCredentials {
        guard let key, let secret, let time = expires.flatMap(Timestamp.init(rfc3339:)) else {
            throw AWSCredentialsError("\(origin): the answer holds no credentials", isPassing: true)
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret, sessionToken: token, expires: time, origin: origin)
    }
}
