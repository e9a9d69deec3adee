import CCurl

/// One request under way inside libcurl. Touched by the client's thread alone once it is queued.
final class CurlTransfer: @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, TransferFailure>

    let id: UInt64
    private let setUp: (CurlHandle, CurlTransfer) -> Void
    private let timeout: Duration
    private let finish: @Sendable (Answer) -> Void
    private(set) var handle: CurlHandle?
    private var headers: [HTTPHeader] = []
    private var headerBytes = 0
    private var body: BoundedOutput
    /// What an upload has still to give.
    private var upload: ArraySlice<UInt8> = []
    private var uploadStarted = false

    init(
        id: UInt64, timeout: Duration, outputLimit: Int,
        setUp: @escaping @Sendable (CurlHandle, CurlTransfer) -> Void,
        finish: @escaping @Sendable (Answer) -> Void
    ) {
        self.id = id
        self.timeout = timeout
        self.setUp = setUp
        self.finish = finish
        body = BoundedOutput(limit: outputLimit)
    }

    /// Makes the handle; false where libcurl cannot.
    func prepare() -> Bool {
        guard let handle = CurlHandle() else { return false }
        self.handle = handle
        let me = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_PRIVATE, me)
        handle.set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
        handle.set(CURLOPT_WRITEDATA, me)
        handle.set(CURLOPT_WRITEFUNCTION) { bytes, _, count, context in
            guard let transfer = CurlTransfer.from(context) else { return 0 }
            return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        handle.set(CURLOPT_HEADERDATA, me)
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, _, count, context in
            guard let transfer = CurlTransfer.from(context) else { return 0 }
            return transfer.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        setUp(handle, self)
        return true
    }

    /// Sends `bytes` as an upload (SMTP's message).
    func setUpload(_ bytes: [UInt8], on handle: CurlHandle) {
        upload = bytes[...]
        handle.set(CURLOPT_UPLOAD, 1)
        handle.set(CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        handle.set(CURLOPT_READFUNCTION) { bytes, _, count, context in
            guard let transfer = CurlTransfer.from(context) else { return 0 }
            return transfer.give(UnsafeMutableRawBufferPointer(start: bytes, count: count))
        }
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        if body.count + bytes.count > TransportBounds.body {
            body.isUnfinished = true
            return 0
        }
        body.append(bytes)
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= TransportBounds.headers else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append(HTTPHeader(String(line[..<colon]), trimmed(value)))
        }
        return bytes.count
    }

    private func give(_ space: UnsafeMutableRawBufferPointer) -> Int {
        uploadStarted = true
        let part = upload.prefix(space.count)
        space.copyBytes(from: part)
        upload = upload.dropFirst(part.count)
        return part.count
    }

    // MARK: - The end

    func end(_ answer: Answer) { finish(answer) }

    func end(code: CURLcode) {
        let status = handle?.long(CURLINFO_RESPONSE_CODE) ?? 0
        if code == CURLE_OK || code == CURLE_WRITE_ERROR && body.isUnfinished {
            finish(.success(HTTPResponse(status: status, headers: headers, body: body)))
        } else {
            finish(.failure(failure(of: code, status: status)))
        }
    }

    func cancel() {
        finish(.failure(TransferFailure(.cancelled, sent: wasSent, "cancelled")))
    }

    /// Bytes of the request have left. An SMTP dialogue sends commands first: only its message counts.
    private var wasSent: Bool {
        uploadStarted || (handle?.long(CURLINFO_REQUEST_SIZE) ?? 0) > 0
    }

    private func failure(of code: CURLcode, status: Int) -> TransferFailure {
        if headerBytes > TransportBounds.headers {
            let limit = TransportBounds.headers
            return TransferFailure(
                .broken, sent: true, "more than \(limit) bytes of response headers")
        }
        let cause = CurlTransfer.cause(of: code, sent: wasSent, status: status)
        return TransferFailure(
            cause, sent: wasSent, handle?.errorText(code) ?? "error \(code.rawValue)")
    }

    private static func cause(of code: CURLcode, sent: Bool, status: Int) -> TransferFailure.Cause {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT: .connect
        case CURLE_OPERATION_TIMEDOUT: sent ? .timeout : .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED,
            CURLE_SSL_CLIENTCERT:
            .tls
        case CURLE_LOGIN_DENIED: .refused
        case CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY, CURLE_UNSUPPORTED_PROTOCOL:
            sent ? .broken : .unusable
        default: status >= 400 ? .refused : .broken
        }
    }
}

/// Without the white space around it.
private func trimmed(_ text: Substring) -> String {
    let isSpace = { (character: Character) in character.isWhitespace }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return String(text)
}
