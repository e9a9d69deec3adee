import BelayCompiler
import BelayEngine
import JSON

/// Systems Manager: parameters, automations and commands.
extension AWSDefinition {
    package static let ssm = AWSDefinition(
        "aws.ssm", description: "Parameters, automations and commands of Systems Manager.",
        [ssmAutomation, ssmAutomationStatus, ssmCommand, ssmParameter])

    private static let document = InputContract(
        "document", .string, required: true, description: "Name of the document.")
    private static let parameters = InputContract(
        "parameters", .map, description: "Names to a text or a list of texts.")

    private static let ssmAutomation = AWSOperation(
        OperationContract(
            "automation",
            action: ActionContract(
                "aws.ssm.automation", description: "Start an automation.", effect: .change,
                recovery: .keyed,
                inputs: [AWSFields.target, document, parameters],
                outputs: [
                    OutputContract("id", .string, description: "The execution's identifier.")
                ],
                timeout: .seconds(30)),
            permissions: ["ssm:StartAutomationExecution"]),
        call: { call throws(Refusal) in
            AWSCall(
                .ssm, "StartAutomationExecution",
                .json([
                    "DocumentName": .string(try call.required("document")),
                    "Parameters": .object(try lists(call)),
                    "ClientToken": .string(token(call.request.idempotencyKey)),
                ]))
        },
        output: { _, response throws(Refusal) in
            ["id": response.json?["AutomationExecutionId"] ?? .null]
        })

    private static let ssmAutomationStatus = AWSOperation(
        OperationContract(
            "automation_status",
            action: ActionContract(
                "aws.ssm.automation_status", description: "Read how an automation goes.",
                effect: .read,
                recovery: .pure,
                inputs: [
                    InputContract(
                        "id", .string, required: true, description: "The execution's identifier.")
                ],
                outputs: [
                    OutputContract(
                        "status", .string, description: "Such as InProgress, Success, Failed.")
                ],
                timeout: .seconds(10)),
            permissions: ["ssm:GetAutomationExecution"]),
        call: { call throws(Refusal) in
            AWSCall(
                .ssm, "GetAutomationExecution",
                .json(["AutomationExecutionId": .string(try call.required("id"))]))
        },
        output: { _, response throws(Refusal) in
            let execution = response.json?["AutomationExecution"]
            return ["status": execution?["AutomationExecutionStatus"] ?? .null]
        })

    private static let ssmCommand = AWSOperation(
        OperationContract(
            "command",
            action: ActionContract(
                "aws.ssm.command", description: "Send a command document to instances.",
                effect: .change,
                recovery: .once,
                inputs: [
                    AWSFields.target, document, parameters,
                    InputContract(
                        "instances", .list, required: true, description: "Identifiers; never empty."
                    ),
                ],
                outputs: [OutputContract("id", .string, description: "The command's identifier.")],
                timeout: .seconds(30)),
            serves: ["restart_service"], permissions: ["ssm:SendCommand"]),
        call: { call throws(Refusal) in
            let instances = try call.texts("instances") ?? []
            if instances.isEmpty { throw .invalid("'instances' is empty: no command is sent") }
            return AWSCall(
                .ssm, "SendCommand",
                .json([
                    "DocumentName": .string(try call.required("document")),
                    "InstanceIds": .array(instances.map(JSONValue.string)),
                    "Parameters": .object(try lists(call)),
                ]))
        },
        output: { call, response throws(Refusal) in
            var output = call.targetOutput
            output["id"] = response.json?["Command"]?["CommandId"] ?? .null
            return output
        })

    private static let ssmParameter = AWSOperation(
        OperationContract(
            "parameter",
            action: ActionContract(
                "aws.ssm.parameter", description: "Read a parameter that is no secret.",
                effect: .read,
                recovery: .pure,
                inputs: [
                    InputContract(
                        "name", .string, required: true, description: "The parameter's name.")
                ],
                outputs: [OutputContract("value", .string, description: "Its value.")],
                timeout: .seconds(10)),
            permissions: ["ssm:GetParameter"]),
        call: { call throws(Refusal) in
            AWSCall(.ssm, "GetParameter", .json(["Name": .string(try call.required("name"))]))
        },
        output: { _, response throws(Refusal) in
            ["value": response.json?["Parameter"]?["Value"] ?? .null]
        })

    /// Parameters of documents are lists of texts.
    private static func lists(_ call: ActionCall) throws(Refusal) -> JSONObject {
        var lists = JSONObject()
        for member in try call.object("parameters") ?? [:] {
            let items = member.value.arrayValue ?? [member.value]
            let texts = items.compactMap(\.scalarText)
            guard texts.count == items.count else {
                throw .invalid("'parameters.\(member.name)' is no text")
            }
            lists[member.name] = .array(texts.map(JSONValue.string))
        }
        return lists
    }

    /// The service wants a token in the form of a UUID: the key's first 32 digits make one.
    private static func token(_ key: String) -> String {
        let digits = Array(key.utf8.prefix(32))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }
}
