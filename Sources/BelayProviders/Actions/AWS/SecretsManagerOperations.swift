import BelayCompiler
import BelayEngine
import JSON

/// Secrets Manager: rotation, and when it last happened; values are read by `secrets:` alone.
extension AWSDefinition {
    package static let secretsManager = AWSDefinition(
        "aws.secretsmanager", description: "Secrets of Secrets Manager, without their values.",
        [secretDescribe, secretRotate])

    private static let secret = InputContract(
        "secret", .string, required: true, description: "Name or ARN of the secret.")

    private static let secretDescribe = AWSOperation(
        OperationContract(
            "describe",
            action: ActionContract(
                "aws.secretsmanager.describe",
                description: "Read what is known of a secret, never its value.",
                effect: .read, recovery: .pure, inputs: [secret],
                outputs: [
                    OutputContract("arn", .string),
                    OutputContract(
                        "rotation", .boolean, description: "Whether it is rotated by itself."),
                ],
                timeout: .seconds(10)),
            permissions: ["secretsmanager:DescribeSecret"]),
        call: { call throws(Refusal) in
            AWSCall(
                .secretsManager, "DescribeSecret",
                .json(["SecretId": .string(try call.required("secret"))]))
        },
        output: { _, response throws(Refusal) in
            [
                "arn": response.json?["ARN"] ?? .null,
                "rotation": response.json?["RotationEnabled"] ?? false,
            ]
        })

    private static let secretRotate = AWSOperation(
        OperationContract(
            "rotate",
            action: ActionContract(
                "aws.secretsmanager.rotate", description: "Rotate a secret now.", effect: .change,
                recovery: .keyed, inputs: [AWSFields.target, secret],
                outputs: [OutputContract("version", .string, description: "The new version.")],
                timeout: .seconds(30)),
            permissions: ["secretsmanager:RotateSecret"]),
        call: { call throws(Refusal) in
            AWSCall(
                .secretsManager, "RotateSecret",
                .json([
                    "SecretId": .string(try call.required("secret")),
                    "ClientRequestToken": .string(call.request.idempotencyKey),
                ]))
        },
        output: { _, response throws(Refusal) in ["version": response.json?["VersionId"] ?? .null] }
    )
}
