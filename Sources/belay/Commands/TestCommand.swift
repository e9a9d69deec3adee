import ArgumentParser

/// `belay test`: run `*.test.yaml`.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests of runbooks on virtual time.")
    func run() throws {}
}
