package import BelayCompiler
import JSON

/// Finds credentials where AWS tools look for them, keeps them, and renews them before they expire.
///
/// Order: a profile that the environment names; variables; web identity; the shared files; the container's
/// service; the instance's metadata service (version 2). A `role` is assumed on top of what was found.
package actor AWSCredentialChain {
    /// What the binding says about who to be.
    package struct Identity: Sendable, Hashable {
        package var profile: String?
        package var role: String?
        package var externalID: String?

        package init(profile: String? = nil, role: String? = nil, externalID: String? = nil) {
            self.profile = profile
            self.role = role
            self.externalID = externalID
        }
    }

    let http: JudgedClient
    let children: ChildProcesses
    let variable: @Sendable (String) -> String?
    let now: @Sendable () -> Timestamp
    private var kept: [Identity: AWSCredentials] = [:]
    private var underWay: [Identity: Task<Result<AWSCredentials, AWSCredentialsError>, Never>] = [:]
    /// Renewed when less than this is left.
    static let margin: Duration = .seconds(300)

    package init(
        http: JudgedClient, children: ChildProcesses,
        variable: @escaping @Sendable (String) -> String?,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.http = http
        self.children = children
        self.variable = variable
        self.now = now
    }

    package func credentials(
        for identity: Identity, region: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        if let found = kept[identity], isFresh(found) { return found }
        let task = underWay[identity] ?? Task { await find(identity, region: region) }
        underWay[identity] = task
        let result = await task.value
        underWay[identity] = nil
        let found = try result.get()
        // Keys of variables and files cost nothing to read again, and may have been changed.
        if found.expires != nil { kept[identity] = found }
        return found
    }

    private func isFresh(_ credentials: AWSCredentials) -> Bool {
        guard let expires = credentials.expires else { return false }
        return now() + AWSCredentialChain.margin < expires
    }

    private nonisolated func find(
        _ identity: Identity, region: String
    ) async -> Result<AWSCredentials, AWSCredentialsError> {
        do throws(AWSCredentialsError) {
            let own = try await base(identity.profile, region)
            guard let role = identity.role else { return .success(own) }
            return .success(try await assume(role, identity.externalID, nil, with: own, region))
        } catch {
            return .failure(error)
        }
    }

    private nonisolated func base(
        _ profile: String?, _ region: String
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        if profile == nil, variable("AWS_PROFILE") == nil {
            if let found = fromVariables() { return found }
            if let found = try await fromWebIdentity(region) { return found }
        }
        let name = profile ?? variable("AWS_PROFILE")
        let profiles = AWSProfiles.load(variable)
        if let found = try await from(profiles, name ?? "default", region, visited: []) {
            return found
        }
        if let name { throw AWSCredentialsError("profile '\(name)' has no credentials") }
        if let found = try await fromContainer() { return found }
        if let found = try await fromInstance() { return found }
        throw AWSCredentialsError(
            "no AWS credentials: no variables, no profile, no container and no instance role")
    }

    nonisolated func fromVariables() -> AWSCredentials? {
        guard let key = variable("AWS_ACCESS_KEY_ID"), !key.isEmpty,
            let secret = variable("AWS_SECRET_ACCESS_KEY"), !secret.isEmpty
        else { return nil }
        let token = variable("AWS_SESSION_TOKEN").flatMap { $0.isEmpty ? nil : $0 }
        return AWSCredentials(
            accessKey: key, secretKey: secret, sessionToken: token, origin: "environment")
    }

    /// A profile's own keys, or a role that it assumes by way of another.
    private nonisolated func from(
        _ profiles: AWSProfiles, _ name: String, _ region: String, visited: [String]
    ) async throws(AWSCredentialsError) -> AWSCredentials? {
        guard let profile = profiles.profiles[name] else { return nil }
        if visited.contains(name) {
            throw AWSCredentialsError("profile '\(name)' leads back to itself by source_profile")
        }
        if let role = profile["role_arn"] {
            if let file = profile["web_identity_token_file"] {
                return try await webIdentity(file, role, profile["role_session_name"], region)
            }
            let source = try await source(of: profile, name, profiles, region, visited + [name])
            return try await assume(
                role, profile["external_id"], profile["role_session_name"], with: source, region)
        }
        // Keys of the credentials file come before a program, a program before keys of the configuration.
        if let line = profile["credential_process"], !profiles.haveKeys.contains(name) {
            return try await fromProcess(line, profile: name)
        }
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
            throw AWSCredentialsError(
                "profile '\(name)' uses SSO, which is not supported: put keys for the session into variables with "
                    + "`aws configure export-credentials --profile \(name) --format env`")
        }
        guard let key = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"]
        else { return nil }
        return AWSCredentials(
            accessKey: key, secretKey: secret, sessionToken: profile["aws_session_token"],
            origin: "profile \(name)")
    }

    private nonisolated func source(
        of profile: [String: String], _ name: String, _ profiles: AWSProfiles, _ region: String,
        _ visited: [String]
    ) async throws(AWSCredentialsError) -> AWSCredentials {
        var found: AWSCredentials?
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, _) where source == name:
            var own = profiles
            own.dropRole(of: name)
            found = try await from(own, name, region, visited: [])
        case (let source?, _): found = try await from(profiles, source, region, visited: visited)
        case (nil, "Environment"?): found = fromVariables()
        case (nil, "EcsContainer"?): found = try await fromContainer()
        case (nil, "Ec2InstanceMetadata"?): found = try await fromInstance()
        default:
            throw AWSCredentialsError(
                "profile '\(name)' has role_arn without source_profile or credential_source")
        }
        if let found { return found }
        throw AWSCredentialsError("the source of profile '\(name)' has no credentials")
    }
}
