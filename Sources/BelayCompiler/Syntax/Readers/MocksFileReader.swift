/// Reads the mocks of a file: those that all cases of a test share, or of a file that has nothing else.
package enum MocksFileReader {
    /// Whatever could be read.
    package static func read(
        _ file: SourceFile, _ diagnostics: inout Diagnostics
    ) -> [MockSyntax] {
        guard let root = YAMLParser.parse(file, &diagnostics) else { return [] }
        if root.entries?.contains(where: { $0.key.value == "kind" }) == true {
            return RunbookTestReader.read(root, of: file, &diagnostics)?.mocks ?? []
        }
        return FileReading.run(&diagnostics) { context in
            guard let reader = MappingReader(root, Tables.mocksFile, context) else { return [] }
            return MockReader(context: context).read(reader)
        }
    }
}
