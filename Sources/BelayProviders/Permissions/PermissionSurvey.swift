package import BelayCompiler
import JSON

/// One IAM action on one resource that an action of ours needs.
package struct PermissionNeed: Sendable, Hashable {
    /// The action of the runbooks, or `secrets`.
    package let action: String
    /// Such as `ecs:UpdateService`.
    package let permission: String
    /// An ARN, perhaps with `*`.
    package let resource: String
    let place: AWSClient.Place
    /// The function, for a question to Lambda itself.
    var function: String?

    package static func == (left: Self, right: Self) -> Bool {
        left.action == right.action && left.permission == right.permission
            && left.resource == right.resource && left.place == right.place
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(action)
        hasher.combine(permission)
        hasher.combine(resource)
    }
}

/// The IAM actions that surveyed calls need, each on its resources.
package struct PermissionSurvey: Sendable {
    /// Where a binding names no region.
    package let region: String?
    package let account: String?

    package init(region: String?, account: String?) {
        self.region = region
        self.account = account
    }

    /// Sorted by action, permission and resource.
    package func needs(
        of calls: [SurveyedCall], secrets: [String: SecretReference]
    ) -> [PermissionNeed] {
        let all = calls.flatMap(needs(of:)) + secrets.values.compactMap(need(of:))
        return Set(all).sorted {
            ($0.action, $0.permission, $0.resource) < ($1.action, $1.permission, $1.resource)
        }
    }

    private func needs(of call: SurveyedCall) -> [PermissionNeed] {
        let place = AWSSettings.place(call.settings)
        var (permissions, settings) = (call.binding.operation.permissions, call.plainSettings)
        var inputs = call.inputs
        if call.binding.provider == AWSResourceAction.contract.name,
            let kind = settings["kind"]?.stringValue
        {
            let work = AWSResourceWork(operation: call.binding.operation.name, kind: kind)
            guard let work else { return [] }
            permissions = work.definition.contract.operation(work.operation)?.permissions ?? []
            (settings, inputs) = (work.renamed(settings), work.renamed(inputs))
        }
        let values = JSONObject(inputs.members + settings.members)
        var needs = permissions.flatMap { permission in
            resources(place).arns(permission, values).map {
                PermissionNeed(
                    action: call.action, permission: permission, resource: $0, place: place,
                    function: values["function"]?.stringValue)
            }
        }
        if !needs.isEmpty, let role = place.identity.role {
            needs.append(
                PermissionNeed(
                    action: call.action, permission: "sts:AssumeRole", resource: role, place: place)
            )
        }
        return needs
    }

    private func need(of secret: SecretReference) -> PermissionNeed? {
        let place = AWSClient.Place()
        switch secret.origin {
        case "aws.secretsmanager":
            let permission = "secretsmanager:GetSecretValue"
            let values: JSONObject = ["secret": .string(secret.name)]
            return PermissionNeed(
                action: "secrets", permission: permission,
                resource: resources(place).arns(permission, values)[0], place: place)
        case "aws.ssm":
            let values: JSONObject = ["name": .string(secret.name)]
            return PermissionNeed(
                action: "secrets", permission: "ssm:GetParameter",
                resource: resources(place).arns("ssm:GetParameter", values)[0], place: place)
        default: return nil
        }
    }

    private func resources(_ place: AWSClient.Place) -> AWSResources {
        AWSResources(region: place.region ?? region ?? "*", account: account ?? "*")
    }
}

extension SurveyedCall {
    /// Settings without those that hold secrets.
    var plainSettings: JSONObject {
        JSONObject(
            settings.members.compactMap { member in
                member.value.plainValue.map { (member.name, $0) }
            })
    }
}
