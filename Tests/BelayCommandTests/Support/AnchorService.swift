import Foundation

/// A service that keeps checkpoints, on a free port.
final class AnchorService: Sendable {
    private let folder: Folder
    private let life: Pipe
    private let program: RunningProgram
    let address: String

    init() throws {
        folder = try Folder()
        let (life, output) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Repository.fixtures.appending(path: "servers/anchor.py").path,
            folder.path("kept"), folder.path("answer"), folder.path("token"),
        ]
        process.standardInput = life
        process.standardOutput = output
        program = try RunningProgram(process)
        self.life = life
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        address = "http://127.0.0.1:\(port)/belay"
    }

    deinit { try? life.fileHandleForWriting.close() }

    /// What it answers from now on: a status, or `hang`.
    func answer(_ answer: String) throws { try folder.write(answer, to: "answer") }

    /// From now on it keeps nothing for whoever does not show it this token.
    func want(_ token: String) throws { try folder.write(token, to: "token") }

    /// All checkpoints that it keeps, as text.
    var kept: String { (try? folder.text("kept")) ?? "" }
}
