import BelayCompiler
import JSON

/// Application Auto Scaling: the bounds within which a resource may scale.
extension AWSDefinition {
    package static let autoscaling = AWSDefinition(
        "aws.autoscaling", description: "Scalable targets of Application Auto Scaling.",
        [autoscalingBounds])

    private static let autoscalingBounds = AWSOperation(
        OperationContract(
            "bounds",
            action: ActionContract(
                "aws.autoscaling.bounds",
                description: "Set the least and most that a resource may scale to.",
                effect: .change, recovery: .idempotent,
                inputs: [
                    AWSFields.target,
                    InputContract(
                        "namespace", .string, standard: "ecs", description: "Such as ecs or rds."),
                    InputContract(
                        "resource", .string, required: true,
                        description: "Such as service/CLUSTER/SERVICE."),
                    InputContract(
                        "dimension", .string, standard: "ecs:service:DesiredCount",
                        description: "What of the resource scales."),
                    InputContract("min", .integer, required: true),
                    InputContract("max", .integer, required: true),
                ],
                outputs: AWSFields.resized, timeout: .seconds(60)),
            serves: ["scale_down", "scale_up"],
            permissions: ["application-autoscaling:RegisterScalableTarget"]),
        call: { call throws(Refusal) in
            guard let least = try call.integer("min"), let most = try call.integer("max"),
                0...most ~= least
            else { throw .invalid("'min' and 'max' must be numbers, and 'min' at most 'max'") }
            return AWSCall(
                .autoscaling, "RegisterScalableTarget",
                .json([
                    "ServiceNamespace": .string(call.text("namespace") ?? "ecs"),
                    "ResourceId": .string(try call.required("resource")),
                    "ScalableDimension": .string(
                        call.text("dimension") ?? "ecs:service:DesiredCount"),
                    "MinCapacity": .integer(Int64(least)), "MaxCapacity": .integer(Int64(most)),
                ]))
        },
        output: { call, _ throws(Refusal) in call.sizeOutput(call.value("max") ?? .null) })
}
