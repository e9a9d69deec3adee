import ArgumentParser

@main struct Belay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "belay")
}
