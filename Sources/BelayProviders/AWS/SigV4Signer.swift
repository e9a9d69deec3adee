package import BelayCompiler
import Cryptography

/// AWS Signature Version 4 for requests with a body in memory.
///
/// Written here because libcurl 7.88's own signer is wrong for paths with `:` or `%`, for queries out of order
/// and for names without `=`.
package struct SigV4Signer: Sendable {
    package let credentials: AWSCredentials
    package let region: String
    /// The name in the credential scope: `lambda`, `monitoring`.
    package let service: String

    package init(credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Headers that proxies change and that are therefore not signed.
    private static let unsigned: Set<String> = [
        "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// Adds `X-Amz-Date`, the session token if there is one, and `Authorization`.
    package func sign(_ request: inout HTTPRequest, at time: Timestamp) {
        let date = time.basicISO8601
        request.headers.append(HTTPHeader("X-Amz-Date", date))
        if let token = credentials.sessionToken {
            request.headers.append(HTTPHeader("X-Amz-Security-Token", token))
        }
        let headers = signedHeaders(of: request)
        let names = headers.map(\.name).joined(separator: ";")
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let digest = SHA256.hash(utf8: canonicalRequest(request, headers, names)).hex
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(digest)"
        let signature = HMACSHA256.authenticate(Array(text.utf8), key: key(for: date)).hex
        let value =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
            + "SignedHeaders=\(names), Signature=\(signature)"
        request.headers.append(HTTPHeader("Authorization", value))
    }

    private func key(for date: String) -> [UInt8] {
        let parts = [String(date.prefix(8)), region, service, "aws4_request"]
        return parts.reduce(Array("AWS4\(credentials.secretKey)".utf8)) { key, part in
            HMACSHA256.authenticate(Array(part.utf8), key: key).bytes
        }
    }

    private func canonicalRequest(
        _ request: HTTPRequest, _ headers: [(name: String, value: String)], _ names: String
    ) -> String {
        let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
        let path = service == "s3" ? request.url.path : SigV4Signer.canonicalPath(request.url.path)
        return [
            request.method, path, SigV4Signer.canonicalQuery(request.url.query ?? ""), lines, names,
            SHA256.hash(request.body ?? []).hex,
        ].joined(separator: "\n")
    }

    /// Names in lower case, sorted; values with single spaces; repeated names joined by commas.
    private func signedHeaders(of request: HTTPRequest) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [request.url.authority]]
        for header in request.headers {
            let name = header.name.lowercased()
            if SigV4Signer.unsigned.contains(name) { continue }
            let words = header.value.split { $0 == " " || $0 == "\t" }
            values[name, default: []].append(words.joined(separator: " "))
        }
        return values.map { ($0.key, $0.value.joined(separator: ",")) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    }

    /// The path as it goes on the wire, without dot and empty segments, encoded a second time.
    static func canonicalPath(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let isFolder = path.hasSuffix("/") && !kept.isEmpty
        let clean = "/" + kept.joined(separator: "/") + (isFolder ? "/" : "")
        return PercentEncoding.encode(clean, keeping: "/")
    }

    /// Pairs sorted by name and then value; a name alone gets its `=`.
    static func canonicalQuery(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair -> (Substring, Substring) in
            let mark = pair.firstIndex(of: "=") ?? pair.endIndex
            return (pair[..<mark], mark == pair.endIndex ? "" : pair[pair.index(after: mark)...])
        }
        let sorted = pairs.sorted { a, b in
            a.0.utf8.elementsEqual(b.0.utf8)
                ? a.1.utf8.lexicographicallyPrecedes(b.1.utf8)
                : a.0.utf8.lexicographicallyPrecedes(b.0.utf8)
        }
        return sorted.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}

/// Percent-encoding of RFC 3986: only unreserved characters stand for themselves.
package enum PercentEncoding {
    package static func encode(_ text: String, keeping kept: String = "") -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) || kept.utf8.contains(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%")] + Hex.encode([byte]).uppercased().utf8
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `name=value` pairs of a form or query.
    package static func form(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension Timestamp {
    /// `20150830T123600Z`.
    var basicISO8601: String {
        let kept = rfc3339.utf8.prefix(19).filter {
            $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":")
        }
        return String(decoding: kept, as: UTF8.self) + "Z"
    }
}
