import Text

/// HTTP to judged addresses only: the name is resolved once, every address is judged, the connection goes to
/// one of them; a redirect is followed only when asked, and judged again.
package struct JudgedClient: Sendable {
    package let curl: CurlClient
    package let resolver: Resolver

    package init(curl: CurlClient, resolver: Resolver) {
        self.curl = curl
        self.resolver = resolver
    }

    /// - Parameter redirects: how many may be followed.
    package func send(
        _ request: HTTPRequest, policy: HostPolicy, redirects: Int = 0
    ) async throws(TransferFailure) -> HTTPResponse {
        let clock = ContinuousClock()
        let end = clock.now + request.timeout
        var request = request
        var left = redirects
        while true {
            request.addresses = try await judged(
                request.url, policy, within: end - clock.now, connect: request.connectTimeout)
            request.timeout = end - clock.now
            if request.timeout <= .zero {
                throw TransferFailure(.connect, sent: false, "no time left to connect")
            }
            let response = try await curl.send(request)
            guard left > 0, let next = try JudgedClient.next(request, response) else {
                return response
            }
            request = next
            left -= 1
        }
    }

    /// The addresses that may be connected to; all of them must be allowed.
    package func judged(
        _ url: WebAddress, _ policy: HostPolicy, within timeout: Duration, connect: Duration
    ) async throws(TransferFailure) -> [String] {
        if let objection = policy.objection(to: url) {
            throw TransferFailure(.forbidden, sent: false, objection)
        }
        let own = IPAddress(url.host)
        let addresses: [IPAddress]
        if let own {
            addresses = [own]
        } else {
            let resolver = resolver
            addresses =
                await withDeadline(min(timeout, connect)) {
                    await resolver.addresses(url.host)
                } ?? []
        }
        if addresses.isEmpty {
            throw TransferFailure(.resolve, sent: false, "the host '\(url.host)' has no address")
        }
        for address in addresses {
            if let objection = policy.objection(to: address, of: url) {
                throw TransferFailure(.forbidden, sent: false, "host '\(url.host)': \(objection)")
            }
        }
        return own == nil ? addresses.map(\.description) : []
    }

    /// The request that a redirect asks for, or nil if the response is none.
    private static func next(
        _ request: HTTPRequest, _ response: HTTPResponse
    ) throws(TransferFailure) -> HTTPRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.header("location")
        else { return nil }
        var next = request
        do {
            next.url = try request.url.redirected(to: location)
        } catch {
            throw TransferFailure(.forbidden, sent: false, "redirect refused: \(error.message)")
        }
        if next.url.origin != request.url.origin {
            let credentials = ["authorization", "cookie", "proxy-authorization"]
            next.headers.removeAll { credentials.contains($0.name.lowercased()) }
        }
        let becomesGet = response.status == 303 || response.status < 303 && request.method == "POST"
        if becomesGet, request.method != "HEAD" {
            next.method = "GET"
            next.body = nil
        }
        return next
    }
}

/// The value of `work`, or nil if it is not there in time. The work goes on by itself then, so it must be
/// harmless and end one day.
func withDeadline<Value: Sendable>(
    _ timeout: Duration, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    let pending = Locked<CheckedContinuation<Value?, Never>?>(nil)
    let resume = { @Sendable (value: Value?) in
        let waiting = pending.withLock { pending in
            defer { pending = nil }
            return pending
        }
        waiting?.resume(returning: value)
    }
    return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            pending.withLock { $0 = continuation }
            Task { resume(await work()) }
            Task {
                try? await Task.sleep(for: timeout)
                resume(nil)
            }
            if Task.isCancelled { resume(nil) }
        }
    } onCancel: {
        resume(nil)
    }
}
