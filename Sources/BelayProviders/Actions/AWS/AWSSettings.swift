import BelayCompiler
import BelayEngine
import JSON

/// What every AWS binding may say about region, endpoint and identity.
enum AWSSettings {
    static let contract = [
        InputContract("region", .string, description: "Default: AWS_REGION, then the profile's."),
        InputContract(
            "endpoint", .string, description: "Default: AWS_ENDPOINT_URL, then the public one."),
        InputContract("profile", .string, description: "A profile of the shared files."),
        InputContract("role", .string, description: "ARN of a role to assume."),
        InputContract("external_id", .string, description: "What the role's owner asks for."),
        InputContract(
            "account", .string,
            description:
                "The account that changes may be made in; the caller is asked who it is first."),
    ]

    static func place(_ call: ActionCall) -> AWSClient.Place { place(call.settings) }

    /// The same before a call: what is sealed is not known.
    static func place(_ settings: SealedObject) -> AWSClient.Place {
        place(
            JSONObject(
                settings.members.compactMap { member in
                    member.value.plainValue.map { (member.name, $0) }
                }))
    }

    private static func place(_ settings: JSONObject) -> AWSClient.Place {
        var place = AWSClient.Place()
        let text = { (name: String) in
            settings[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        place.region = text("region")
        place.endpoint = text("endpoint")
        place.identity.profile = text("profile")
        place.identity.role = text("role")
        place.identity.externalID = text("external_id")
        return place
    }

    /// Before a change in a pinned account, STS is asked who the caller is.
    static func checkAccount(_ call: ActionCall, _ tools: ProviderTools) async throws(Refusal) {
        guard let pinned = call.settings["account"]?.scalarText, call.request.effect.isChange else {
            return
        }
        switch await tools.aws.identity(at: place(call), timeout: call.timeLeft) {
        case .success(let identity) where identity.account == pinned: return
        case .success(let identity):
            let message =
                "the caller belongs to account \(identity.account), the environment to \(pinned)"
            throw Refusal(.failed(.denied, retryable: false, message: message))
        case .failure(let failure):
            // Nothing of the change itself was sent.
            let message = "who the caller is could not be asked: \(failure.message)"
            throw Refusal(
                .failed(
                    failure.isPassing ? .unavailable : .denied, retryable: failure.isPassing,
                    message: message))
        }
    }
}
