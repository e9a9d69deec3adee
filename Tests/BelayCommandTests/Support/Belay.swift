import Foundation

/// The built program, run as a user runs it.
enum Belay {
    /// What a command said and how it ended.
    struct Answer {
        var status: Int32
        var output: String
        var errors: String
        /// The last line of the output that is not empty.
        var lastLine: String {
            output.split(separator: "\n").last.map(String.init) ?? ""
        }
    }

    /// The binary that was built together with these tests.
    static let path: String = {
        let arguments = ProcessInfo.processInfo.arguments
        let bundle = arguments.firstIndex(of: "--test-bundle-path").flatMap { index in
            arguments.dropFirst(index + 1).first
        }
        let places = [bundle, arguments.first].compactMap { $0 }.map {
            URL(filePath: $0).deletingLastPathComponent()
        }
        let built = Repository.root.appending(path: ".build/debug")
        let found = (places + [built]).map { $0.appending(path: "belay").path }
        return found.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "belay"
    }()

    /// Runs a command in a folder; the state of the user who runs the tests is never touched.
    static func run(
        _ arguments: [String], in folder: Folder, variables: [String: String] = [:],
        input: String? = nil
    ) async throws -> Answer {
        try await execute(path, arguments, in: folder, variables: variables, input: input)
    }

    static func run(
        _ arguments: String..., in folder: Folder, variables: [String: String] = [:],
        input: String? = nil
    ) async throws -> Answer {
        try await run(arguments, in: folder, variables: variables, input: input)
    }

    /// Runs any program with `belay` on its PATH.
    static func execute(
        _ program: String, _ arguments: [String], in folder: Folder,
        variables: [String: String] = [:], input: String? = nil
    ) async throws -> Answer {
        let scratch = try Folder()
        let (output, errors) = (scratch.url("output"), scratch.url("errors"))
        let process = try start(
            program, arguments, in: folder, variables: variables, input: input, output: output,
            errors: errors)
        await process.exit()
        return Answer(
            status: process.process.terminationReason == .exit
                ? process.process.terminationStatus : -process.process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Starts a program and does not wait for it.
    static func start(
        _ program: String, _ arguments: [String], in folder: Folder,
        variables: [String: String] = [:], input: String? = nil, output: URL, errors: URL
    ) throws -> RunningProgram {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = environment(folder, variables)
        process.standardOutput = try file(output)
        process.standardError = try file(errors)
        process.standardInput = FileHandle.nullDevice
        if let input {
            let url = output.deletingLastPathComponent().appending(path: "input")
            try Data(input.utf8).write(to: url)
            process.standardInput = try FileHandle(forReadingFrom: url)
        }
        return try RunningProgram(process)
    }

    private static func environment(
        _ folder: Folder, _ variables: [String: String]
    ) -> [String: String] {
        let inherited = ProcessInfo.processInfo.environment
        let search = inherited["PATH"] ?? "/usr/bin:/bin"
        let beside = URL(filePath: path).deletingLastPathComponent().path
        return [
            "PATH": "\(beside):\(search):/usr/sbin", "HOME": folder.path("home"), "USER": "ann",
            "LANG": "C.UTF-8", "XDG_STATE_HOME": folder.path("state"),
        ].merging(variables) { _, new in new }
    }

    private static func file(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }
}

/// A program under way.
final class RunningProgram: Sendable {
    let process: Process
    private let ended: AsyncStream<Void>

    init(_ process: Process) throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        self.process = process
        ended = stream
        try process.run()
    }

    /// Waits until it has ended.
    func exit() async {
        for await _ in ended {}
        process.waitUntilExit()
    }

    /// Ends it as a power failure would.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }
}
