import BelayCompiler
import BelayEngine
import JSON

/// Simple Notification Service: messages to topics and telephones.
extension AWSDefinition {
    package static let sns = AWSDefinition(
        "aws.sns", description: "Topics of the Simple Notification Service.", [snsPublish])

    private static let snsPublish = AWSOperation(
        OperationContract(
            "publish",
            action: ActionContract(
                "aws.sns.publish", description: "Publish a message to a topic or a telephone.",
                effect: .notify, recovery: .once,
                inputs: [
                    InputContract("topic", .string, description: "ARN of the topic."),
                    InputContract(
                        "phone", .string,
                        description: "A number such as +491234, instead of a topic."),
                    InputContract(
                        "subject", .string, description: "Default: priority and incident."),
                    InputContract(
                        "message", .string, description: "Default: the incident in words."),
                ],
                outputs: [OutputContract("id", .string, description: "The message's identifier.")],
                timeout: .seconds(15)),
            serves: ["notify_human"], permissions: ["sns:Publish"]),
        call: { call throws(Refusal) in
            let notice = Notice(call)
            var pairs = [("Message", notice.message)]
            if let phone = call.text("phone") {
                pairs.append(("PhoneNumber", phone))
            } else {
                let topic = try call.required("topic")
                pairs += [("TopicArn", topic), ("Subject", subjectLine(notice.subject))]
                if topic.hasSuffix(".fifo") {
                    pairs.append(("MessageDeduplicationId", call.request.idempotencyKey))
                    pairs.append(("MessageGroupId", "belay"))
                }
            }
            return AWSCall(.sns, "Publish", .form(pairs))
        },
        output: { _, response throws(Refusal) in
            ["id": response.xml?.text("MessageId").map(JSONValue.string) ?? .null]
        })

    /// At most 100 printable ASCII characters, as the service asks.
    private static func subjectLine(_ text: String) -> String {
        let line = text.unicodeScalars.map { scalar -> Character in
            (0x20..<0x7f).contains(scalar.value)
                ? Character(scalar) : scalar.value < 0x20 ? " " : "?"
        }
        return String(line.prefix(100))
    }
}
