import BelayCompiler
import JSON

/// Relational Database Service: instance classes and reboots.
extension AWSDefinition {
    package static let rds = AWSDefinition(
        "aws.rds", description: "Database instances of the Relational Database Service.",
        [rdsInstance, rdsReboot, rdsResize])

    private static let instance = InputContract(
        "instance", .string, required: true, description: "Identifier of the database instance.")

    private static let rdsInstance = AWSOperation(
        OperationContract(
            "instance",
            action: ActionContract(
                "aws.rds.instance", description: "Read how a database instance is.", effect: .read,
                recovery: .pure, inputs: [AWSFields.target, instance],
                outputs: [
                    OutputContract("class", .string, description: "Its instance class."),
                    OutputContract(
                        "status", .string, description: "Such as available or modifying."),
                ],
                timeout: .seconds(10)),
            permissions: ["rds:DescribeDBInstances"]),
        call: { call throws(Refusal) in
            AWSCall(
                .rds, "DescribeDBInstances",
                .form([("DBInstanceIdentifier", try call.required("instance"))]))
        },
        output: { _, response throws(Refusal) in
            let found = response.xml?.first("DBInstance")
            return [
                "class": found?.text("DBInstanceClass").map(JSONValue.string) ?? .null,
                "status": found?.text("DBInstanceStatus").map(JSONValue.string) ?? .null,
            ]
        })

    private static let rdsReboot = AWSOperation(
        OperationContract(
            "reboot",
            action: ActionContract(
                "aws.rds.reboot", description: "Reboot a database instance.", effect: .change,
                recovery: .idempotent, inputs: [AWSFields.target, instance],
                outputs: AWSFields.restarted,
                timeout: .seconds(30)),
            serves: ["restart_service"], permissions: ["rds:RebootDBInstance"]),
        call: { call throws(Refusal) in
            AWSCall(
                .rds, "RebootDBInstance",
                .form([("DBInstanceIdentifier", try call.required("instance"))]))
        },
        output: { call, _ throws(Refusal) in call.targetOutput })

    private static let rdsResize = AWSOperation(
        OperationContract(
            "resize",
            action: ActionContract(
                "aws.rds.resize", description: "Give a database instance another class, at once.",
                effect: .change, recovery: .idempotent,
                inputs: [
                    AWSFields.target, instance,
                    InputContract(
                        "class", .string, required: true, description: "Such as db.r5.xlarge."),
                ],
                outputs: AWSFields.resized, timeout: .seconds(60)),
            serves: ["scale_down", "scale_up"], permissions: ["rds:ModifyDBInstance"]),
        call: { call throws(Refusal) in
            AWSCall(
                .rds, "ModifyDBInstance",
                .form([
                    ("DBInstanceIdentifier", try call.required("instance")),
                    ("DBInstanceClass", try call.required("class")), ("ApplyImmediately", "true"),
                ]))
        },
        output: { call, _ throws(Refusal) in call.sizeOutput(.string(try call.required("class"))) })
}
