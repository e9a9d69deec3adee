import Foundation
import FoundationNetworking

/// `belay serve` as a process of its own, on a free port of the loopback.
final class Daemon: Sendable {
    let program: RunningProgram
    let address: String
    private let folder: Folder
    private let token: String

    /// An answer of the API.
    struct Answer {
        var status: Int
        var text: String
        var headers: [String: String]

        subscript(name: String) -> Any? {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?[name]
        }

        /// The members of a list of objects.
        func list(_ name: String) -> [[String: Any]] { self[name] as? [[String: Any]] ?? [] }
    }

    /// Starts it in a folder with `runbooks/`, and waits until it says that it is ready.
    static func start(
        in folder: Folder, env: String = "here", variables: [String: String] = [:],
        _ more: String...
    ) async throws -> Daemon {
        try? FileManager.default.removeItem(at: folder.url("journal.db.lock"))
        let program = try Belay.start(
            Belay.path,
            ["serve", "--env", env, "--store", "journal.db", "--listen", "127.0.0.1:0"] + more,
            in: folder, variables: variables, output: folder.url("serve.out"),
            errors: folder.url("serve.log"))
        for _ in 0..<1200 where program.process.isRunning {
            if let lock = try? folder.text("journal.db.lock"),
                let value = try? JSONSerialization.jsonObject(with: Data(lock.utf8))
                    as? [String: Any],
                let address = value["address"] as? String,
                value["pid"] as? Int == Int(program.process.processIdentifier)
            {
                let token = try folder.text("journal.db.token")
                return Daemon(
                    program, address, folder,
                    token.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        program.kill()
        throw Failure("it does not start: \((try? folder.text("serve.log")) ?? "")")
    }

    private init(_ program: RunningProgram, _ address: String, _ folder: Folder, _ token: String) {
        self.program = program
        self.address = address
        self.folder = folder
        self.token = token
    }

    deinit { if program.process.isRunning { program.kill() } }

    /// What went wrong.
    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    var log: String { (try? folder.text("serve.log")) ?? "" }

    func ask(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        guard let url = URL(string: "http://\(address)\(path)") else { throw Failure(path) }
        var request = URLRequest(url: url, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        let token = token ?? self.token
        if !token.isEmpty {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let http = response as? HTTPURLResponse else { throw Failure("no HTTP") }
        var found: [String: String] = [:]
        for (name, value) in http.allHeaderFields {
            found["\(name)".lowercased()] = "\(value)"
        }
        return Answer(
            status: http.statusCode, text: String(decoding: data, as: UTF8.self), headers: found)
    }

    /// The runs in a state, once there are any.
    func runs(_ state: String, within seconds: Int = 30) async throws -> [[String: Any]] {
        for _ in 0..<(seconds * 20) {
            let runs = try await ask("GET", "/v1/runs?state=\(state)").list("runs")
            if !runs.isEmpty { return runs }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure("no run is \(state) within \(seconds)s:\n\(log)")
    }

    /// Waits until the figures hold a line.
    func figures(hold line: String, within seconds: Int = 20) async throws -> Bool {
        for _ in 0..<(seconds * 20) {
            let text = try await ask("GET", "/metrics", token: "").text
            if text.split(separator: "\n").contains(Substring(line)) { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    func signal(_ signal: Int32) { Foundation.kill(program.process.processIdentifier, signal) }

    /// Ends it as a power failure would, and waits until it is gone.
    func kill() async {
        program.kill()
        await program.exit()
    }

    /// Asks it to stop; how it ended.
    func stop() async -> Int32 {
        signal(SIGTERM)
        await program.exit()
        return program.process.terminationStatus
    }
}
