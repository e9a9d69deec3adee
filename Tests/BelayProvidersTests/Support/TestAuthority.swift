import Foundation

/// A certificate authority made for one test, a server certificate of it for 127.0.0.1 and localhost, and a client's.
struct TestAuthority {
    let authority: String
    let certificate: String
    let key: String
    let clientCertificate: String
    let clientKey: String

    init() throws {
        let folder = try Fixtures.temporaryFolder()
        let path = { (name: String) in folder.appending(path: name).path(percentEncoded: false) }
        authority = path("ca.pem")
        certificate = path("server.pem")
        key = path("server.key")
        let names = path("names")
        try "subjectAltName=DNS:localhost,DNS:smtp.example,IP:127.0.0.1".write(
            toFile: names, atomically: true, encoding: .utf8)
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try TestAuthority.openssl(
            [
                "req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout",
                path("ca.key"), "-out", authority,
            ]
                + curve)
        try TestAuthority.openssl(
            ["req", "-subj", "/CN=localhost", "-keyout", key, "-out", path("server.csr")] + curve)
        try TestAuthority.openssl([
            "x509", "-req", "-days", "2", "-in", path("server.csr"), "-CA", authority, "-CAkey",
            path("ca.key"),
            "-CAcreateserial", "-extfile", names, "-out", certificate,
        ])
        clientCertificate = path("client.pem")
        clientKey = path("client.key")
        try TestAuthority.openssl(
            ["req", "-subj", "/CN=operator", "-keyout", clientKey, "-out", path("client.csr")]
                + curve)
        try TestAuthority.openssl([
            "x509", "-req", "-days", "2", "-in", path("client.csr"), "-CA", authority, "-CAkey",
            path("ca.key"), "-CAcreateserial", "-out", clientCertificate,
        ])
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        guard let path = Peer.find("openssl") else {
            throw Peer.Missing(description: "openssl is not installed")
        }
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Peer.Missing(description: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}
