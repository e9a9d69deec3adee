package import BelayCompiler
import JSON

/// AWS as a binding sees it: region, identity and endpoint come from its settings, then from the process.
package struct AWSClient: Sendable {
    /// Where calls go and who makes them.
    package struct Place: Sendable, Hashable {
        package var region: String?
        package var endpoint: String?
        package var identity = AWSCredentialChain.Identity()

        package init() {}
    }

    private let caller: AWSCaller
    private let chain: AWSCredentialChain
    private let variable: @Sendable (String) -> String?
    let identities = Locked<[Place: AWSIdentity]>([:])

    package init(
        http: JudgedClient, children: ChildProcesses,
        variable: @escaping @Sendable (String) -> String?,
        now: @escaping @Sendable () -> Timestamp
    ) {
        caller = AWSCaller(http: http, now: now)
        chain = AWSCredentialChain(
            http: http, children: children, variable: variable, now: now)
        self.variable = variable
    }

    /// Makes one call with its one attempt; all of it, credentials included, within `timeout`.
    package func call(
        _ call: AWSCall, at place: Place, timeout: Duration
    ) async -> Result<AWSResponse, AWSFailure> {
        let end = ContinuousClock.now + timeout
        guard let region = region(of: place) else {
            let message = "no AWS region: set `region` in the binding or AWS_REGION"
            return .failure(.credentials(AWSCredentialsError(message)))
        }
        let endpoint: WebAddress
        do throws(AWSEndpointError) {
            endpoint = try call.service.endpoint(
                region: region, override: place.endpoint, variable: variable)
        } catch {
            return .failure(.credentials(AWSCredentialsError(error.message)))
        }
        let credentials: AWSCredentials
        do throws(AWSCredentialsError) {
            credentials = try await chain.credentials(for: place.identity, region: region)
        } catch {
            return .failure(.credentials(error))
        }
        return await caller.send(
            call, to: endpoint, region: region, credentials: credentials,
            timeout: max(.milliseconds(1), end - .now))
    }

    /// Where a call to a service would go.
    package func endpoint(
        of service: AWSService, at place: Place
    ) throws(AWSEndpointError) -> WebAddress {
        try service.endpoint(
            region: region(of: place) ?? "", override: place.endpoint, variable: variable)
    }

    /// The credentials that a call would use, for `doctor`.
    package func credentials(at place: Place) async throws(AWSCredentialsError) -> AWSCredentials {
        try await chain.credentials(for: place.identity, region: region(of: place) ?? "us-east-1")
    }

    package func region(of place: Place) -> String? {
        let profile = place.identity.profile ?? variable("AWS_PROFILE") ?? "default"
        return place.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
            ?? AWSProfiles.load(variable).profiles[profile]?["region"]
    }
}
