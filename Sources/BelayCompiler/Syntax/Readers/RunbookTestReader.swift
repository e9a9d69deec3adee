/// Reads a file of kind `RunbookTest`.
package enum RunbookTestReader {
    /// What could be read; nil without a name.
    package static func read(
        _ root: YAMLNode, of file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> RunbookTestFile? {
        FileReading.run(&diagnostics) { read(root, file, $0) }
    }

    static func read(_ root: YAMLNode, _ file: SourceFile, _ context: ReadingContext)
        -> RunbookTestFile?
    {
        guard let reader = MappingReader(root, Tables.runbookTest, context) else { return nil }
        let metadata = HeadReader(context: context).read(reader, .runbookTest)
        var test = RunbookTestFile(
            file: file, metadata: metadata ?? Metadata(name: Located("", at: root.span)))
        test.environment = reader.text("environment")
        test.clock = reader.timestamp("clock")
        test.only = reader.texts("only", of: "runbooks") ?? []
        let incidents = IncidentReader(context: context)
        test.incidents =
            reader.map("incidents", of: "incidents") { entry in
                incidents.read(entry.value).map {
                    NamedIncidentSyntax(name: entry.key, incident: $0)
                }
            } ?? []
        test.mocks = MockReader(context: context).read(reader)
        let cases = CaseReader(context: context, names: test.incidents.map(\.name.value))
        test.cases = reader.list("cases", of: "cases", cases.read) ?? []
        cases.checkExtends(test.incidents)
        return metadata == nil ? nil : test
    }
}
