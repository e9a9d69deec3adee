import Foundation
import Glibc

@testable import BelayProviders

/// A real server on a free port of the loopback, gone when the test's process ends or `stop` is called.
final class Peer: @unchecked Sendable {
    let port: Int
    private let process = Process()
    private let life = Pipe()

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts a program; `{port}` in its arguments becomes the port.
    private init(_ program: String, _ arguments: [String], environment: [String: String] = [:])
        throws
    {
        guard let path = Peer.find(program) else {
            throw Missing(
                description: "\(program) is not installed; `make test` installs what the tests need"
            )
        }
        port = try Peer.freePort()
        let port = port
        process.executableURL = URL(filePath: Peer.find("python3") ?? "/usr/bin/python3")
        process.arguments =
            [Fixtures.path("servers/keeper.py"), path]
            + arguments.map { $0.replacingOccurrences(of: "{port}", with: String(port)) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in
            new
        }
        process.standardInput = life
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try awaitPort()
    }

    /// The same, off the threads that all tests share.
    static func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Peer {
        try await OwnThread.run {
            Result { try Peer(program, arguments, environment: environment) }
        }.get()
    }

    private static let weather = Task { try await start("python3", weatherCommand) }
    private static let weatherCommand = [Fixtures.path("servers/weather.py"), "{port}"]

    /// The server of bad weather in Fixtures/servers, one for all tests; with TLS, one of its own.
    static func weather(tls: (certificate: String, key: String)? = nil) async throws -> Peer {
        guard let tls else { return try await weather.value }
        return try await start("python3", weatherCommand + ["--tls", tls.certificate, tls.key])
    }

    static func redis(_ options: [String] = []) async throws -> Peer {
        try await start(
            "redis-server",
            [
                "--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--dir", "/tmp",
            ]
                + options)
    }

    func stop() {
        try? life.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    deinit { try? life.fileHandleForWriting.close() }

    static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"]
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// A port that nobody listens on, now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw Missing(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private func awaitPort() throws {
        for _ in 0..<600 {
            if Peer.answers(port) { return }
            guard process.isRunning else { break }
            usleep(50_000)
        }
        throw Missing(description: "\(process.arguments ?? []) did not open its port")
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(UInt16(port))
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
