import Foundation

/// A real Redis on a free port of the loopback; it ends with the test, and with the test's process too.
final class Redis: Sendable {
    let port: Int
    private let folder: Folder
    private let life: Pipe
    private let program: RunningProgram

    /// The variables that the environment `local` reads.
    var variables: [String: String] { ["REDIS_HOST": "127.0.0.1", "REDIS_PORT": "\(port)"] }

    static func start() async throws -> Redis {
        for _ in 0..<20 {
            let redis = try Redis(port: Int.random(in: 20_000..<50_000))
            for _ in 0..<200 where redis.program.process.isRunning {
                let answer = try? await redis.ask("INFO", "server")
                if let answer, answer.contains("tcp_port:\(redis.port)"),
                    answer.contains("run_id")
                {
                    return redis
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        throw Missing()
    }

    private init(port: Int) throws {
        self.port = port
        folder = try Folder()
        life = Pipe()
        // The server ends when this process closes the pipe, or ends in any way.
        let keep = """
            redis-server --bind 127.0.0.1 --port \(port) --save '' --appendonly no \
            --maxmemory 32mb --dir '\(folder.path)' & server=$!
            cat >/dev/null; kill -9 $server; wait $server
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", keep]
        process.environment = ProcessInfo.processInfo.environment
        process.standardInput = life
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        program = try RunningProgram(process)
    }

    deinit { try? life.fileHandleForWriting.close() }

    /// Asks by redis-cli, which comes with the server.
    func ask(_ words: String...) async throws -> String {
        try await Belay.execute(
            "/usr/bin/env", ["redis-cli", "-h", "127.0.0.1", "-p", "\(port)"] + words, in: folder
        ).output
    }

    /// Puts sessions into it until it is close to its limit.
    func fill() async throws {
        let script =
            "for i = 1, 56000 do redis.call('SET', 'session:' .. i, string.rep('x', 400)) end"
        _ = try await ask("EVAL", script, "0")
    }

    func keys() async throws -> Int {
        Int(try await ask("DBSIZE").trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// No server could be started.
    struct Missing: Error, CustomStringConvertible {
        let description = "redis-server does not start; `make test` installs what the tests need"
    }
}
