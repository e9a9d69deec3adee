/// Reads a file's text into a tree of nodes with their places, within the bounds of the language.
package enum YAMLParser {
    /// What reading a document has cost, for tests and benchmarks.
    package struct Cost: Sendable, Hashable {
        /// Events taken from the scanner.
        package var events = 0
        /// Nodes made, each alias counted with all that it names.
        package var nodes = 0

        package init() {}
    }

    /// The document's root, or nil if the text is not well-formed or passes a bound; findings say why.
    ///
    /// Findings about single keys and values leave the rest of the tree standing.
    package static func parse(_ file: SourceFile, _ diagnostics: inout Diagnostics) -> YAMLNode? {
        var cost = Cost()
        return parse(file, &diagnostics, cost: &cost)
    }

    package static func parse(
        _ file: SourceFile, _ diagnostics: inout Diagnostics, cost: inout Cost
    ) -> YAMLNode? {
        guard file.bytes.count <= DocumentBounds.bytes else {
            diagnostics.append(tooLarge(file))
            return nil
        }
        DirectionMarks.check(file, &diagnostics)
        var slips: [NamedSlip] = []
        while true {
            var builder = TreeBuilder(file, mended: slips)
            let root = builder.build()
            cost.events += builder.cost.events
            cost.nodes = max(cost.nodes, builder.cost.nodes)
            if let slip = builder.slip, slips.count < mendings, cost.events < mendingEvents {
                slips.append(slip)
                continue
            }
            for slip in slips + [builder.slip].compactMap({ $0 }) {
                diagnostics.append(slip.finding)
            }
            for diagnostic in builder.diagnostics { diagnostics.append(diagnostic) }
            return root
        }
    }

    /// Unquoted expressions that are mended before a file is given up: each costs another reading.
    private static let mendings = 20
    /// Events of all readings of a file after which none is begun anew.
    private static let mendingEvents = 100_000

    private static func tooLarge(_ file: SourceFile) -> Diagnostic {
        Diagnostic(
            .fileTooLarge,
            "the file has \(file.bytes.count) bytes, at most \(DocumentBounds.bytes) are read",
            at: SourceSpan(file: file, start: 0, end: 0),
            help: ["split it: every file of a repository is read"])
    }
}
