/// What `--format` may say where there are no more than two.
enum Formats {
    private static let known = ["human", "json"]

    static func check(_ format: String) throws(CommandProblem) {
        guard known.contains(format) else {
            throw CommandProblem(
                .usage, "unknown format \(format)",
                help: "formats are \(known.joined(separator: ", "))")
        }
    }
}
