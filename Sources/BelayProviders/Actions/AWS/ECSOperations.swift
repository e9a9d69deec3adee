import BelayCompiler
import BelayEngine
import JSON

/// Elastic Container Service: new deployments and task counts.
extension AWSDefinition {
    package static let ecs = AWSDefinition(
        "aws.ecs", description: "Services of Elastic Container Service.",
        [ecsRestart, ecsScale, ecsService])

    private static let fields = [
        AWSFields.target,
        InputContract(
            "cluster", .string, required: true, description: "Name or ARN of the cluster."),
        InputContract(
            "service", .string, required: true, description: "Name or ARN of the service."),
    ]

    private static let ecsRestart = AWSOperation(
        OperationContract(
            "restart",
            action: ActionContract(
                "aws.ecs.restart",
                description: "Replace all tasks of a service by a new deployment.",
                effect: .change, recovery: .idempotent, inputs: fields,
                outputs: AWSFields.restarted,
                timeout: .seconds(30)),
            serves: ["restart_service"], permissions: ["ecs:UpdateService"]),
        call: { call throws(Refusal) in
            AWSCall(
                .ecs, "UpdateService",
                .json([
                    "cluster": .string(try call.required("cluster")),
                    "service": .string(try call.required("service")), "forceNewDeployment": true,
                ]))
        },
        output: { call, _ throws(Refusal) in call.targetOutput })

    private static let ecsScale = AWSOperation(
        OperationContract(
            "scale",
            action: ActionContract(
                "aws.ecs.scale", description: "Set how many tasks of a service run.",
                effect: .change,
                recovery: .idempotent,
                inputs: fields + [
                    InputContract(
                        "count", .integer, required: true,
                        description: "Tasks that are to run, 0 to 10000.")
                ],
                outputs: AWSFields.resized, timeout: .seconds(60)),
            serves: ["scale_down", "scale_up"], permissions: ["ecs:UpdateService"]),
        call: { call throws(Refusal) in
            guard let count = try call.integer("count"), (0...10_000).contains(count) else {
                throw .invalid("'count' must be a number of tasks from 0 to 10000")
            }
            return AWSCall(
                .ecs, "UpdateService",
                .json([
                    "cluster": .string(try call.required("cluster")),
                    "service": .string(try call.required("service")),
                    "desiredCount": .integer(Int64(count)),
                ]))
        },
        output: { call, response throws(Refusal) in
            call.sizeOutput(response.json?["service"]?["desiredCount"] ?? .null)
        })

    private static let ecsService = AWSOperation(
        OperationContract(
            "service",
            action: ActionContract(
                "aws.ecs.service", description: "Read how a service is.", effect: .read,
                recovery: .pure,
                inputs: fields,
                outputs: [
                    OutputContract("desired", .integer, description: "Tasks that are to run."),
                    OutputContract("running", .integer, description: "Tasks that run."),
                    OutputContract("pending", .integer, description: "Tasks that are starting."),
                    OutputContract("status", .string, description: "ACTIVE, DRAINING or INACTIVE."),
                ],
                timeout: .seconds(10)),
            permissions: ["ecs:DescribeServices"]),
        call: { call throws(Refusal) in
            AWSCall(
                .ecs, "DescribeServices",
                .json([
                    "cluster": .string(try call.required("cluster")),
                    "services": [.string(try call.required("service"))],
                ]))
        },
        output: { call, response throws(Refusal) in
            guard let service = response.json?["services"]?.arrayValue?.first else {
                let name = call.text("service") ?? ""
                throw Refusal(
                    .failed(.notFound, retryable: false, message: "there is no service '\(name)'"))
            }
            return [
                "desired": service["desiredCount"] ?? 0, "running": service["runningCount"] ?? 0,
                "pending": service["pendingCount"] ?? 0, "status": service["status"] ?? .null,
            ]
        })
}
