import BelayCompiler
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// The signer against AWS's published examples and against botocore's signer.
@Suite struct SigV4SignerTests {
    private struct Case {
        var method = "GET"
        var url: String
        var headers: [HTTPHeader] = []
        var body = ""
        var region = "us-east-1"
        var service = "service"
        var token: String?
    }

    private static let key = "AKIDEXAMPLE"
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private static let date = "2015-08-30T12:36:00Z"

    private func authorization(_ item: Case) throws -> String {
        var request = HTTPRequest(item.method, try WebAddress(item.url))
        request.headers = item.headers
        request.body = Array(item.body.utf8)
        let credentials = AWSCredentials(
            accessKey: Self.key, secretKey: Self.secret, sessionToken: item.token, origin: "test")
        let signer = SigV4Signer(
            credentials: credentials, region: item.region, service: item.service)
        signer.sign(&request, at: try #require(Timestamp(rfc3339: Self.date)))
        return try #require(request.headers.last { $0.name == "Authorization" }).value
    }

    /// Signatures of AWS's Signature Version 4 test suite and of the IAM example in its documentation.
    @Test func publishedExamplesAgree() throws {
        let host = "https://example.amazonaws.com/"
        let form = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
        let iam = HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        let cases: [(Case, String)] = [
            (Case(url: host), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                Case(url: host + "?Param2=value2&Param1=value1"),
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
            (
                Case(method: "POST", url: host),
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
            ),
            (
                Case(method: "POST", url: host, headers: [form], body: "Param1=value1"),
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
            ),
            (
                Case(
                    url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                    headers: [iam],
                    service: "iam"),
                "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
            ),
        ]
        for (item, signature) in cases {
            #expect(try authorization(item).hasSuffix("Signature=\(signature)"), "\(item.url)")
        }
    }

    private static let nasty: [Case] = {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
        let encoded = "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af%3Alive"
        let json = [
            HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
            HTTPHeader("X-Amz-Target", "AmazonSSM.GetParameter"),
        ]
        let root = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
        return [
            Case(
                method: "POST", url: root + arn + "/invocations", body: "{}", region: "eu-west-1",
                service: "lambda"),
            Case(
                method: "POST", url: root + encoded + "/invocations?Qualifier=1", body: "{}",
                service: "lambda"),
            Case(
                method: "POST", url: root + "a%20b/invocations", body: "{\"ü\": 1}",
                service: "lambda"),
            Case(url: "https://a.example/?b=2&a=1&a=0&c"),
            Case(url: "https://a.example/?a-b=1&a=2&a%2Fb=3&A=4"),
            Case(url: "https://a.example/?a=%20+%2B*~'()!"),
            Case(url: "https://a.example/?a=b=c&=x&d="),
            Case(url: "https://a.example/a//b/./c/../d/"),
            Case(url: "https://a.example/%2e%2e/x;y=1,2@z!$&'()*+"),
            Case(
                method: "POST", url: "https://ssm.us-east-1.amazonaws.com/", headers: json,
                body: "{}", service: "ssm"),
            Case(
                method: "POST", url: "http://127.0.0.1:5000/", headers: json, body: "{}",
                service: "ssm",
                token: "FwoGZXIvYXdzE+/=="),
            Case(
                url: "https://a.example:8443/x", headers: [HTTPHeader("X-Spaces", "  a   b\tc  ")]),
            Case(
                url: "https://a.example/",
                headers: [HTTPHeader("X-Empty", ""), HTTPHeader("user-agent", "x")]),
            Case(url: "https://[2001:db8::1]:81/", token: "t"),
            Case(method: "DELETE", url: "https://a.example/a%2Fb%25c"),
            Case(
                method: "PUT",
                url: "https://a.example/ä".replacingOccurrences(of: "ä", with: "%C3%A4"),
                body: "ä\n\0"),
            Case(
                method: "POST", url: "https://a.example/",
                body: String(repeating: "0123456789", count: 250_000)),
        ]
    }()

    @Test func botocoreAgreesOnNastyRequests() async throws {
        let cases = Self.nasty
        #expect(cases.count == 17)
        let date = "20150830T123600Z"
        let input = JSONValue.array(
            cases.map { item in
                [
                    "method": .string(item.method), "url": .string(item.url),
                    "body": .string(item.body),
                    "headers": .array(item.headers.map { [.string($0.name), .string($0.value)] }),
                    "region": .string(item.region), "service": .string(item.service),
                    "date": .string(date),
                    "key": .string(Self.key), "secret": .string(Self.secret),
                    "token": item.token.map(JSONValue.string) ?? .null,
                ]
            })
        let answer = try await Python.run(
            "servers/botocore_signer.py", input: Array(input.text().utf8))
        let theirs = try #require(try JSONParser.parse(answer).arrayValue)
        #expect(theirs.count == cases.count)
        for (item, their) in zip(cases, theirs) {
            #expect(their.stringValue == (try authorization(item)), "\(item.method) \(item.url)")
        }
    }

    @Test func printingCredentialsShowsNoSecret() {
        let credentials = AWSCredentials(
            accessKey: Self.key, secretKey: Self.secret, sessionToken: "token-text", origin: "test")
        #expect("\(credentials)" == "AKIDEXAMPLE from test")
    }
}
