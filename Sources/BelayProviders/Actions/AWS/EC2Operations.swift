import BelayCompiler
import JSON

/// Elastic Compute Cloud: reboots.
extension AWSDefinition {
    package static let ec2 = AWSDefinition(
        "aws.ec2", description: "Instances of Elastic Compute Cloud.", [ec2Reboot])

    private static let ec2Reboot = AWSOperation(
        OperationContract(
            "reboot",
            action: ActionContract(
                "aws.ec2.reboot", description: "Reboot instances.", effect: .change,
                recovery: .idempotent,
                inputs: [
                    AWSFields.target,
                    InputContract(
                        "instances", .list, required: true,
                        description: "Identifiers such as i-0abc; never empty."),
                ],
                outputs: AWSFields.restarted, timeout: .seconds(30)),
            serves: ["restart_service"], permissions: ["ec2:RebootInstances"]),
        call: { call throws(Refusal) in
            let instances = try call.texts("instances") ?? []
            if instances.isEmpty { throw .invalid("'instances' is empty: nothing to reboot") }
            return AWSCall(
                .ec2, "RebootInstances",
                .form(instances.enumerated().map { ("InstanceId.\($0 + 1)", $1) }))
        },
        output: { call, _ throws(Refusal) in call.targetOutput })
}
