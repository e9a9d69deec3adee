package import BelayCompiler
package import JSON

/// What a plugin says of itself: its operations as contracts.
package struct PluginDescription: Sendable {
    /// Names to `{description, effect, recovery, inputs, outputs, timeout}`.
    package let operations: JSONObject

    /// Why there is no description.
    package struct Problem: Error, Sendable {
        package let message: String

        init(_ message: String) { self.message = message }
    }

    /// Runs the plugin with `{"protocol": 1, "call": "describe"}`.
    package static func ask(
        _ words: [String], variables: [(String, String)] = [], _ children: ChildProcesses
    ) async throws(Problem) -> PluginDescription {
        guard let program = words.first, program.hasPrefix("/") else {
            throw Problem("'\(words.first ?? "")' is no absolute path")
        }
        var command = ChildCommand(program)
        command.arguments = Array(words.dropFirst())
        command.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
        for (name, value) in variables { command.environment[name] = value }
        command.input = Array("{\"protocol\":1,\"call\":\"describe\"}\n".utf8)
        command.timeout = .seconds(10)
        let result: ChildResult
        do throws(ChildError) { result = try await children.run(command) } catch {
            throw Problem(error.message)
        }
        let lines = (result.output.whole ?? []).split(separator: UInt8(ascii: "\n"))
        let last = lines.last.flatMap { try? JSONParser.parse(Array($0)) }
        guard result.stop == nil, let last, last["protocol"] == 1,
            let operations = last["operations"]?.objectValue, !operations.isEmpty
        else {
            let said = result.error.text.isEmpty ? result.output.text : result.error.text
            throw Problem(
                "`describe` is answered with no operations of protocol 1"
                    + (said.isEmpty ? "" : ": \(PrintableText.escaped(String(said.prefix(200))))"))
        }
        return PluginDescription(operations: operations)
    }

    /// A file of kind Actions with an action for each operation, called `NAME.OPERATION`.
    package func file(_ name: String, from words: [String]) -> String {
        var text = """
            # Made by `belay actions import \(words.joined(separator: " "))` from the plugin's own description.
            # Import again instead of editing; `belay doctor` tells when the plugin says otherwise.
            apiVersion: belay/v1
            kind: Actions
            metadata: {name: \(name.replacingAll("_", with: "-")), description: What the plugin \(name) can do}
            actions:

            """
        for operation in operations.members.sorted(by: { $0.name < $1.name }) {
            text += "  \(name).\(operation.name):\n"
            let known = [
                "description", "effect", "recovery", "inputs", "outputs", "timeout", "undo",
                "probe",
            ]
            for member in known {
                guard let value = operation.value[member], value.objectValue?.isEmpty != true else {
                    continue
                }
                text += "    \(member): \(PluginDescription.flow(value))\n"
            }
        }
        return text
    }

    /// The contracts, judged as those of any file; nil with what is wrong.
    package func contracts(
        _ name: String
    ) -> (contracts: [String: ActionContract], problems: [String]) {
        let file = SourceFile(path: "\(name).yaml", bytes: Array(self.file(name, from: []).utf8))
        let empty = ActionCatalogue(capabilities: [], providers: [])
        let compilation = Compiler.compile([file], catalogue: empty, lints: false)
        let problems = compilation.diagnostics.sorted.filter { $0.severity == .error }.map(
            \.message)
        return (compilation.program?.catalogue.capabilities ?? [:], problems)
    }

    /// A value in YAML's flow style; words that YAML might read otherwise are quoted.
    private static func flow(_ value: JSONValue) -> String {
        switch value {
        case .object(let object):
            "{" + object.map { "\(word($0.name)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        case .array(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .string(let text): word(text)
        default: value.text()
        }
    }

    private static func word(_ text: String) -> String {
        let taken = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isPlain = text.utf8.enumerated().allSatisfy { place, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        let isDuration = text.utf8.first.map { (0x30...0x39).contains($0) } ?? true
        let isWord = isPlain && !text.isEmpty && !taken.contains(text.lowercased())
        return isWord && (!isDuration || text.utf8.last.map { $0 > 0x39 } == true)
            ? text : JSONValue.string(text).text()
    }
}

extension ActionContract {
    /// What another contract of the same action says otherwise, in words.
    package func differences(from other: ActionContract) -> [String] {
        var found: [String] = []
        if effect != other.effect {
            found.append("effect \(effect.rawValue), the plugin \(other.effect.rawValue)")
        }
        if recovery != other.recovery {
            found.append("recovery \(recovery.rawValue), the plugin \(other.recovery.rawValue)")
        }
        if timeout != other.timeout {
            found.append(
                "timeout \(timeout?.text ?? "none"), the plugin \(other.timeout?.text ?? "none")")
        }
        let parts = [
            (
                "input", inputs.map { ($0.name, $0.type, $0.required) },
                other.inputs.map { ($0.name, $0.type, $0.required) }
            ),
            (
                "output", outputs.map { ($0.name, $0.type, false) },
                other.outputs.map { ($0.name, $0.type, false) }
            ),
        ]
        for (what, own, theirs) in parts {
            for member in theirs where !own.contains(where: { $0 == member }) {
                let need = member.2 ? ", required" : ""
                found.append("the plugin has \(what) `\(member.0)`, \(member.1.rawValue)\(need)")
            }
            for member in own where !theirs.contains(where: { $0.0 == member.0 }) {
                found.append("the plugin has no \(what) `\(member.0)`")
            }
        }
        return found
    }
}
