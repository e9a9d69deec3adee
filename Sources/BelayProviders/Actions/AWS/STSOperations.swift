import BelayCompiler
import JSON

/// Security Token Service: who the caller is.
extension AWSDefinition {
    package static let sts = AWSDefinition(
        "aws.sts", description: "Who the caller is, as the Security Token Service says.",
        [stsIdentity])

    private static let stsIdentity = AWSOperation(
        OperationContract(
            "identity",
            action: ActionContract(
                "aws.sts.identity", description: "Ask who the caller is.", effect: .read,
                recovery: .pure,
                outputs: [
                    OutputContract("account", .string, description: "Twelve digits."),
                    OutputContract("arn", .string, description: "The caller's ARN."),
                ],
                timeout: .seconds(10)),
            permissions: ["sts:GetCallerIdentity"]),
        call: { _ throws(Refusal) in AWSCall(.sts, "GetCallerIdentity", .form([])) },
        output: { _, response throws(Refusal) in
            [
                "account": response.xml?.text("Account").map(JSONValue.string) ?? .null,
                "arn": response.xml?.text("Arn").map(JSONValue.string) ?? .null,
            ]
        })
}
