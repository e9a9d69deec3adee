import BelayCompiler
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
    ]

    static func place(_ call: ActionCall) -> AWSClient.Place {
        var place = AWSClient.Place()
        let text = { (name: String) in
            call.settings[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        place.region = text("region")
        place.endpoint = text("endpoint")
        place.identity.profile = text("profile")
        place.identity.role = text("role")
        place.identity.externalID = text("external_id")
        return place
    }
}
