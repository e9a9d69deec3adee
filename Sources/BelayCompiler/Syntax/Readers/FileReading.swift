/// What the readers of the five kinds have in common.
enum FileReading {
    /// Runs a reader with a context of its own and hands its findings on.
    static func run<Value>(
        _ diagnostics: inout Diagnostics, _ read: (ReadingContext) -> Value
    ) -> Value {
        let context = ReadingContext()
        let value = read(context)
        diagnostics.append(contentsOf: context.diagnostics)
        return value
    }
}
