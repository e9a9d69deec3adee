import CCurl

/// HTTP and SMTP by libcurl: one multi handle on a thread of its own, bridged to async functions with
/// cancellation and deadlines. The thread starts with the first request, and so does libcurl.
package final class CurlClient: @unchecked Sendable {
    private struct State: Sendable {
        var queued: [CurlTransfer] = []
        var cancelled: [UInt64] = []
        var nextID: UInt64 = 0
        var isRunning = false
        var isStopping = false
    }

    private let state = Locked(State())
    /// Made under the lock before the thread starts; used by the thread, and by others to wake it.
    private var multi: UnsafeMutableRawPointer?

    package init() {}

    deinit {
        // The thread holds the client: it has ended when this runs.
        if let multi { _ = ccurl_multi_cleanup(multi) }
    }

    /// Ends the thread; requests under way fail as cancelled.
    package func shutDown() { wake { $0.isStopping = true } }

    /// Sends one request. The answer may have any status; a failure says whether the request was sent.
    package func send(_ request: HTTPRequest) async throws(TransferFailure) -> HTTPResponse {
        for header in request.headers {
            if let flaw = header.flaw { throw TransferFailure(.forbidden, sent: false, flaw) }
        }
        let clock = ContinuousClock()
        let end = clock.now + request.timeout
        let addresses = request.addresses.prefix(TransportBounds.addresses)
        var failure: TransferFailure?
        for address in addresses.isEmpty ? [nil] : addresses.map(Optional.some) {
            let left = end - clock.now
            if left <= .zero { break }
            do {
                return try await attempt(request, at: address, within: left)
            } catch {
                guard error.cause == .connect, !error.sent else { throw error }
                failure = error
            }
        }
        throw failure ?? TransferFailure(.connect, sent: false, "no time left to connect")
    }

    private func attempt(
        _ request: HTTPRequest, at address: String?, within timeout: Duration
    ) async throws(TransferFailure) -> HTTPResponse {
        try await transfer(timeout: timeout, outputLimit: request.outputLimit) { handle, _ in
            request.setUp(handle, address: address)
        }
    }

    /// Runs a transfer that `setUp` describes, on the client's thread.
    func transfer(
        timeout: Duration, outputLimit: Int,
        setUp: @escaping @Sendable (CurlHandle, CurlTransfer) -> Void
    ) async throws(TransferFailure) -> HTTPResponse {
        if ccurl_load() != 0 {
            throw TransferFailure(.unusable, sent: false, String(cString: ccurl_load_error()))
        }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let answer: CurlTransfer.Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let transfer = CurlTransfer(
                    id: id, timeout: timeout, outputLimit: outputLimit, setUp: setUp
                ) { continuation.resume(returning: $0) }
                if !wake({ $0.queued.append(transfer) }) { transfer.cancel() }
                // A cancellation that came before the transfer was queued found nothing to end.
                if Task.isCancelled { wake { $0.cancelled.append(id) } }
            }
        } onCancel: {
            wake { $0.cancelled.append(id) }
        }
        return try answer.get()
    }

    /// Changes the state and wakes the thread, which is started if need be; false after the end.
    @discardableResult
    private func wake(_ change: (inout State) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            change(&state)
            if !state.isRunning && !state.isStopping && !state.queued.isEmpty {
                state.isRunning = true
                multi = ccurl_multi_init()
                OwnThread.start { self.run() }
            }
            if let multi { _ = ccurl_multi_wakeup(multi) }
            return true
        }
    }

    private func take() -> State {
        state.withLock { state in
            defer {
                state.queued = []
                state.cancelled = []
            }
            return state
        }
    }

    /// The thread.
    private func run() {
        guard let multi else { return }
        _ = ccurl_multi_set_long(
            multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, TransportBounds.connections)
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, TransportBounds.connections)
        var live: [UInt64: CurlTransfer] = [:]
        while true {
            let news = take()
            for transfer in news.queued { begin(transfer, &live, multi) }
            for id in news.cancelled {
                guard let transfer = live.removeValue(forKey: id) else { continue }
                // The caller first: taking an SMTP transfer off may wait for the server's farewell.
                transfer.cancel()
                remove(transfer, multi)
            }
            if news.isStopping { break }
            var running: Int32 = 0
            _ = ccurl_multi_perform(multi, &running)
            finish(&live, multi)
            _ = ccurl_multi_poll(multi, live.isEmpty ? 60_000 : 1_000)
        }
        for transfer in live.values {
            remove(transfer, multi)
            transfer.cancel()
        }
    }

    private func begin(
        _ transfer: CurlTransfer, _ live: inout [UInt64: CurlTransfer],
        _ multi: UnsafeMutableRawPointer
    ) {
        guard transfer.prepare(), let handle = transfer.handle,
            ccurl_multi_add_handle(multi, handle.pointer) == CURLM_OK
        else {
            transfer.end(
                .failure(TransferFailure(.unusable, sent: false, "libcurl is out of memory")))
            return
        }
        live[transfer.id] = transfer
    }

    private func finish(
        _ live: inout [UInt64: CurlTransfer], _ multi: UnsafeMutableRawPointer
    ) {
        var code = CURLE_OK
        while let easy = ccurl_multi_finished(multi, &code) {
            var context: UnsafeMutablePointer<CChar>?
            _ = ccurl_get_text(easy, CURLINFO_PRIVATE, &context)
            guard let transfer = CurlTransfer.from(context) else { continue }
            live[transfer.id] = nil
            remove(transfer, multi)
            transfer.end(code: code)
        }
    }

    private func remove(_ transfer: CurlTransfer, _ multi: UnsafeMutableRawPointer) {
        if let handle = transfer.handle { _ = ccurl_multi_remove_handle(multi, handle.pointer) }
    }
}

extension HTTPRequest {
    /// Tells libcurl all of this request.
    func setUp(_ handle: CurlHandle, address: String?) {
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_HTTP_VERSION, 2)  // CURL_HTTP_VERSION_1_1
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_URL, url.text)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.wholeMilliseconds)
        handle.set(tls: tls)
        if let address { handle.set(address: address, port: url.port) }
        if needsFreshConnection { handle.set(CURLOPT_FRESH_CONNECT, 1) }
        if method == "HEAD" {
            handle.set(CURLOPT_NOBODY, 1)
        } else if let body {
            handle.set(body: body)
        } else if method != "GET" {
            handle.set(body: [])
        }
        if method != "HEAD" { handle.set(CURLOPT_CUSTOMREQUEST, method) }
        // `Expect:` and `Content-Type:` without a value take libcurl's own away; an empty value needs `;`.
        var lines = ["Expect:"]
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        lines += headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        handle.set(CURLOPT_HTTPHEADER, lines: lines)
    }
}
