import ArgumentParser
import BelayCompiler
import BelayEngine
import BelayProviders
import JSON

/// Which incident a command is about.
struct IncidentOptions: ParsableArguments {
    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp(
            "A file with an incident in our own form or a delivery of any source; `-` is standard input.",
            valueName: "file"))
    var incident: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The source whose form the file has.",
            discussion: "Guessed where certain; `belay sources` lists them.", valueName: "name"))
    var source: String?

    /// Every incident of the delivery; parts that cannot be read end the command, all of them named.
    func incidents(_ environment: EnvironmentProgram, at now: Timestamp) throws(CommandProblem)
        -> [Incident]
    {
        let document = try Files.json(incident)
        let source = try source(for: document)
        let settings = environment.sources[source.name]
        let priorities = (settings?.priorities ?? [:]).compactMapValues(Priority.init)
        let parts = source.decode(
            Delivery(document: document, receivedAt: now, priorities: priorities))
        var incidents: [Incident] = []
        var problems: [String] = []
        for part in parts {
            switch part {
            case .success(let incident): incidents.append(settings?.measured(incident) ?? incident)
            case .failure(let error): problems.append(error.description)
            }
        }
        guard problems.isEmpty else {
            throw CommandProblem(
                .unreadable,
                "\(incident) cannot be read as \(source.name):\n  "
                    + problems.joined(separator: "\n  "))
        }
        guard !incidents.isEmpty else {
            throw CommandProblem(.unreadable, "\(incident) holds no incident")
        }
        return incidents
    }

    private func source(for document: JSONValue) throws(CommandProblem) -> any IncidentSource {
        if let source {
            if let known = BuiltinSources.named(source) { return known }
            let names = BuiltinSources.all.map(\.name)
            let near = Suggestion.nearest(to: source, in: names)
            throw CommandProblem(
                .usage, "unknown source \(source)",
                help: near.map { "did you mean \($0)?" }
                    ?? "sources are \(names.joined(separator: ", "))")
        }
        let certain = BuiltinSources.all.filter { $0.recognises(document) }
        guard certain.count == 1 else {
            throw CommandProblem(
                .unreadable, "\(incident) has the form of no one source",
                help: "say which with --source; `belay sources` lists them")
        }
        return certain[0]
    }
}
