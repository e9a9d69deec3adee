import CCurl
import Glibc

/// A plain or TLS connection for protocols that libcurl does not speak. It blocks: only for threads of one's
/// own. libcurl connects, checks certificates and encrypts; the bytes are ours.
final class StreamConnection {
    private let handle: CurlHandle
    private let socket: Int32
    private let deadline: ContinuousClock.Instant
    private let isCancelled: @Sendable () -> Bool

    /// Connects to the host, or to `address` on its behalf.
    init(
        host: String, port: Int, address: String?, isTLS: Bool, tls: TLSSettings,
        connectTimeout: Duration, deadline: ContinuousClock.Instant,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(TransferFailure) {
        guard let handle = CurlHandle() else {
            throw TransferFailure(.unusable, sent: false, String(cString: ccurl_load_error()))
        }
        let left = min(connectTimeout, deadline - .now)
        if left <= .zero { throw TransferFailure(.connect, sent: false, "no time left to connect") }
        let url = WebAddress(scheme: isTLS ? "https" : "http", host: host, port: port)
        handle.set(CURLOPT_URL, url.text)
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_SSL_ENABLE_ALPN, 0)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, left.wholeMilliseconds)
        handle.set(tls: tls)
        if let address { handle.set(address: address, port: port) }
        let code = ccurl_easy_perform(handle.pointer)
        guard code == CURLE_OK else {
            let cause: TransferFailure.Cause =
                code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ? .connect : .tls
            throw TransferFailure(cause, sent: false, handle.errorText(code))
        }
        var socket: curl_socket_t = -1
        _ = ccurl_get_socket(handle.pointer, &socket)
        self.handle = handle
        self.socket = socket
        self.deadline = deadline
        self.isCancelled = isCancelled
    }

    func write(_ bytes: [UInt8]) throws(TransferFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var count = 0
            let code = rest.withUnsafeBytes {
                ccurl_easy_send(handle.pointer, $0.baseAddress, $0.count, &count)
            }
            if code == CURLE_AGAIN {
                try wait(Int16(POLLOUT))
            } else if code != CURLE_OK {
                throw TransferFailure(
                    .broken, sent: true, "the connection ended: \(handle.errorText(code))")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// The next bytes, at least one.
    func read() throws(TransferFailure) -> [UInt8] {
        while true {
            var count = 0
            var code = CURLE_OK
            let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, filled in
                code = ccurl_easy_recv(handle.pointer, space.baseAddress, space.count, &count)
                filled = code == CURLE_OK ? count : 0
            }
            if code == CURLE_AGAIN {
                try wait(Int16(POLLIN))
            } else if code != CURLE_OK || bytes.isEmpty {
                throw TransferFailure(.broken, sent: true, "the connection ended before the answer")
            } else {
                return bytes
            }
        }
    }

    private func wait(_ events: Int16) throws(TransferFailure) {
        while true {
            if isCancelled() { throw TransferFailure(.cancelled, sent: true, "cancelled") }
            let left = deadline - .now
            if left <= .zero {
                throw TransferFailure(.timeout, sent: true, "no answer before the deadline")
            }
            var entry = pollfd(fd: socket, events: events, revents: 0)
            if poll(&entry, 1, Int32(min(50, left.wholeMilliseconds))) > 0 { return }
        }
    }
}
