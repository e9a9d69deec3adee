package import BelayCompiler
import BelayEngine
package import JSON

/// Finds out whether an environment could be worked in now, without changing anything in it.
package struct Doctor: Sendable {
    let tools: ProviderTools
    let environment: EnvironmentProgram
    let vault: SecretVault
    let catalogue: ActionCatalogue
    /// Calls as rules would make them, and of bound actions that no rule uses.
    let calls: [SurveyedCall]
    let needs: [PermissionNeed]
    /// For one question.
    static let timeout: Duration = .seconds(8)

    package init(
        tools: ProviderTools, program: Program, environment: EnvironmentProgram,
        variables: JSONObject, vault: SecretVault
    ) {
        self.tools = tools
        self.environment = environment
        self.vault = vault
        catalogue = program.catalogue
        let survey = BindingSurvey(
            program: program, environment: environment, variables: variables)
        let byRules = survey.callsOfRules
        let used = Set(byRules.map(\.action))
        calls = byRules + survey.callsOfBindings.filter { !used.contains($0.action) }
        let region = tools.variable("AWS_REGION") ?? tools.variable("AWS_DEFAULT_REGION")
        needs = PermissionSurvey(region: region, account: environment.account)
            .needs(of: byRules, secrets: environment.secrets)
    }

    /// Everything, in the order in which one would mend it.
    package func examine() async -> [Finding] {
        var findings = modeFindings() + secretFindings()
        let aws = AWSExamination(doctor: self)
        async let reached = reachFindings()
        async let asked = aws.findings()
        findings += await asked
        findings += await reached
        findings += await PluginComparison(doctor: self).findings()
        return findings
    }

    private func modeFindings() -> [Finding] {
        switch environment.mode {
        case .auto: []
        case .suggest:
            [
                Finding(
                    "setting", .ok,
                    "mode suggest: every run waits for a person before its first change")
            ]
        case .observe:
            [
                Finding(
                    "setting", .warning, "mode observe: rules decide and call nothing",
                    cure: "if actions are not triggered, this is why: set `mode: auto`")
            ]
        }
    }

    private func secretFindings() -> [Finding] {
        environment.secrets.keys.sorted().map { name in
            do throws(SecretError) {
                _ = try vault.open(name)
                return Finding("secret", .ok, name)
            } catch {
                let origin = environment.secrets[name]?.origin ?? ""
                return Finding("secret", .problem, error.message, cure: Doctor.cure(of: origin))
            }
        }
    }

    /// What to do about a secret that cannot be had from there.
    package static func cure(of origin: String) -> String {
        switch origin {
        case "env": "set the variable for the engine's process"
        case "file": "create the file, readable for the engine's user"
        case "aws.secretsmanager":
            "create it, and allow secretsmanager:GetSecretValue; with a key of your own also kms:Decrypt"
        default: "create it, and allow ssm:GetParameter; with a key of your own also kms:Decrypt"
        }
    }

    // MARK: - Reaching

    /// One question to each peer that is bound, however many bindings name it.
    private func reachFindings() async -> [Finding] {
        var peers: [Peer] = []
        for call in calls {
            guard let peer = Peer(call, vault), !peers.contains(peer) else { continue }
            peers.append(peer)
        }
        let examined = await withTaskGroup(of: (Int, [Finding]).self) { group in
            for (number, peer) in peers.enumerated() {
                group.addTask { (number, await peer.findings(tools)) }
            }
            return await group.reduce(into: [Int: [Finding]]()) { $0[$1.0] = $1.1 }
        }
        return peers.indices.flatMap { examined[$0] ?? [] }.map(redacted)
    }

    func redacted(_ finding: Finding) -> Finding {
        Finding(
            finding.check, finding.status,
            PrintableText.escaped(vault.redact(finding.message)), cure: finding.cure)
    }
}
