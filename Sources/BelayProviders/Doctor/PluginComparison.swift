import BelayCompiler
import BelayEngine
import JSON

/// Compares what a repository's files of kind Actions say with what the bound plugins say of themselves.
struct PluginComparison: Sendable {
    let doctor: Doctor

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        var seen: Set<String> = []
        for call in doctor.calls
        where call.binding.provider == "plugin" && seen.insert(call.action).inserted {
            findings += await self.findings(of: call)
        }
        return findings
    }

    private func findings(of call: SurveyedCall) async -> [Finding] {
        guard let settings = try? call.settings.opened(by: doctor.vault),
            let words = settings["command"]?.arrayValue?.compactMap(\.stringValue), !words.isEmpty,
            let declared = doctor.catalogue.action(call.action)
        else { return [] }
        let variables = (settings["env"]?.objectValue ?? [:]).compactMap { member in
            member.value.scalarText.map { (member.name, $0) }
        }
        let description: PluginDescription
        do throws(PluginDescription.Problem) {
            description = try await PluginDescription.ask(
                words, variables: variables, doctor.tools.children)
        } catch {
            return [
                Finding(
                    "plugin", .problem, "\(call.action): \(error.message)",
                    cure: "mend the plugin: it must answer `describe`")
            ]
        }
        return [
            finding(
                call.action, settings["call"]?.stringValue ?? call.action, declared, description,
                words)
        ]
    }

    private func finding(
        _ action: String, _ operation: String, _ declared: ActionContract,
        _ description: PluginDescription, _ words: [String]
    ) -> Finding {
        let (contracts, problems) = description.contracts("plugin")
        if let problem = problems.first {
            return Finding(
                "plugin", .problem, "\(action): the description is wrong: \(problem)",
                cure: "mend the plugin")
        }
        guard let own = contracts["plugin.\(operation)"] else {
            let names = description.operations.names.sorted().joined(separator: ", ")
            return Finding(
                "plugin", .problem, "\(action): the plugin has no operation \(operation)",
                cure: "set `call:` in the binding, one of \(names)")
        }
        let differences = declared.differences(from: own)
        return differences.isEmpty
            ? Finding("plugin", .ok, "\(action): as the plugin says")
            : Finding(
                "plugin", .problem,
                "\(action): the file says \(differences.joined(separator: "; "))",
                cure: "belay actions import \(words.joined(separator: " "))")
    }
}
