import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders

/// Where the runbooks are.
struct RepositoryOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The repository.", discussion: "Default: the nearest parent with `runbooks/`, else `.`",
            valueName: "dir"))
    var repo: String?

    /// Reads and compiles; findings are the caller's to show.
    func compile(_ paths: [String] = [], lints: Bool = true) throws(CommandProblem) -> Compilation {
        Compiler.compile(
            try files(paths), catalogue: BuiltinActions.catalogue, lints: lints,
            today: CivilDate(LiveWorld().now()))
    }

    /// The program, or all findings on standard error and exit status 1.
    func program() throws -> Program { try program(try files()) }

    func program(_ files: [SourceFile]) throws -> Program {
        let compilation = Compiler.compile(files, catalogue: BuiltinActions.catalogue, lints: false)
        if let program = compilation.program { return program }
        Output.standardError(
            FindingsView(compilation.diagnostics, format: "human", color: .auto, descriptor: 2).text
        )
        throw CommandProblem(
            .findings, "nothing is run from a repository with errors", help: "belay check")
    }

    func files(_ paths: [String] = []) throws(CommandProblem) -> [SourceFile] {
        let named = paths.isEmpty ? [folder()] : paths
        var files: [SourceFile] = []
        for path in named {
            let found = Files.isFolder(path) ? Files.yamlFiles(below: path.trimmingSlash) : [path]
            for file in found {
                let bytes = try Files.read(file)
                guard !paths.isEmpty || folderHasRunbooks || bytes.mentionsBelay else { continue }
                files.append(
                    SourceFile(
                        path: file.hasPrefix("./") ? String(file.dropFirst(2)) : file, bytes: bytes)
                )
            }
        }
        guard !files.isEmpty else {
            throw CommandProblem(
                .unreadable, "no runbooks in \(named.joined(separator: ", "))",
                help: "belay init makes a repository that works")
        }
        return files
    }

    private var folderHasRunbooks: Bool { folder().hasSuffix("runbooks") }

    /// The folder whose files are the program: `runbooks` of the repository, or the repository itself.
    private func folder() -> String {
        if let repo {
            let inner = "\(repo.trimmingSlash)/runbooks"
            return Files.isFolder(inner) ? inner : repo
        }
        var prefix = ""
        for _ in 0..<64 {
            if Files.isFolder(prefix + "runbooks") { return prefix + "runbooks" }
            prefix += "../"
            if !Files.exists(prefix) { break }
        }
        return "."
    }
}

extension String {
    var trimmingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}

extension [UInt8] {
    /// Whether a YAML file found by chance claims to be ours.
    fileprivate var mentionsBelay: Bool {
        String(decoding: prefix(4096), as: UTF8.self).contains("apiVersion: belay/")
    }
}
