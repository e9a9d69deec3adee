import CCurl
import Glibc

/// A libcurl easy handle and the memory it refers to; set up so that nothing of the process's environment
/// (proxies, .netrc) has a say in where a request goes.
final class CurlHandle {
    let pointer: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var blobs: [UnsafeMutableRawBufferPointer] = []
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Nil where libcurl is missing or out of memory.
    init?() {
        guard ccurl_load() == 0, let pointer = ccurl_easy_init() else {
            message.deallocate()
            return nil
        }
        self.pointer = pointer
        message.pointee = 0
        set(CURLOPT_ERRORBUFFER, message)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_FOLLOWLOCATION, 0)
    }

    deinit {
        ccurl_easy_cleanup(pointer)
        for list in lists { ccurl_slist_free_all(list) }
        for blob in blobs { blob.deallocate() }
        message.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) { _ = ccurl_set_long(pointer, option, value) }

    func set(_ option: CURLoption, _ value: String) { _ = ccurl_set_text(pointer, option, value) }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        _ = ccurl_set_pointer(pointer, option, value)
    }

    func set(_ option: CURLoption, _ function: @escaping ccurl_data_function) {
        _ = ccurl_set_data_function(pointer, option, function)
    }

    /// A list of lines, kept for as long as the handle.
    func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = ccurl_slist_append(list, line) }
        guard let list else { return }
        lists.append(list)
        _ = ccurl_set_pointer(pointer, option, list)
    }

    /// Bytes that libcurl copies.
    func set(body: [UInt8]) {
        _ = ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        (body + [0]).withUnsafeBytes {
            _ = ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
        }
    }

    /// PEM text.
    func set(_ option: CURLoption, blob bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, bytes.count), alignment: 1)
        copy.copyBytes(from: bytes)
        blobs.append(copy)
        var blob = curl_blob(
            data: copy.baseAddress, len: bytes.count, flags: UInt32(CURL_BLOB_COPY))
        withUnsafeMutablePointer(to: &blob) { _ = ccurl_set_pointer(pointer, option, $0) }
    }

    func set(tls: TLSSettings) {
        // As OpenSSL has it: where the system keeps its authorities elsewhere than libcurl was built for.
        let standard = getenv("SSL_CERT_FILE").map { String(cString: $0) }
        if let file = tls.authorityFile ?? standard { set(CURLOPT_CAINFO, file) }
        if let authority = tls.authority { set(CURLOPT_CAINFO_BLOB, blob: authority) }
        if let certificate = tls.clientCertificate { set(CURLOPT_SSLCERT_BLOB, blob: certificate) }
        if let key = tls.clientKey { set(CURLOPT_SSLKEY_BLOB, blob: key) }
        if !tls.verifies {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    /// Goes to `address` whatever the name in the URL: the address that was judged is the one that is called.
    func set(address: String, port: Int) {
        let host = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
        set(CURLOPT_CONNECT_TO, lines: ["::\(host):\(port)"])
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = ccurl_get_long(pointer, info, &value)
        return value
    }

    func errorText(_ code: CURLcode) -> String {
        let detail = String(cString: message)
        return detail.isEmpty ? String(cString: ccurl_easy_strerror(code)) : detail
    }
}

extension Duration {
    /// Rounded up, so that no positive time becomes none; at most about 24 days, what libcurl takes.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        if seconds > 2_000_000 { return 2_000_000_000 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, Int(seconds) * 1_000 + Int(part))
    }
}
