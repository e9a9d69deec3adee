/// Who the caller is, as STS says.
package struct AWSIdentity: Sendable, Hashable {
    /// Twelve digits.
    package let account: String
    package let arn: String
}

extension AWSClient {
    /// Asks STS once for each place; the answer is kept as long as the process.
    package func identity(at place: Place, timeout: Duration) async -> Result<
        AWSIdentity, AWSFailure
    > {
        if let known = identities.withLock({ $0[place] }) { return .success(known) }
        var place = place
        // A binding's endpoint is its own service's, not that of STS.
        let key = place
        place.endpoint = nil
        var call = AWSCall(.sts, "GetCallerIdentity", .form([]))
        call.mayRepeat = true
        switch await self.call(call, at: place, timeout: timeout) {
        case .failure(let failure): return .failure(failure)
        case .success(let response):
            guard let account = response.xml?.text("Account"), let arn = response.xml?.text("Arn")
            else {
                return .failure(.unreadable("the answer of STS holds no account"))
            }
            let identity = AWSIdentity(account: account, arn: arn)
            identities.withLock { $0[key] = identity }
            return .success(identity)
        }
    }
}
