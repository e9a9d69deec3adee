package import BelayCompiler
package import BelayEngine
import JSON

/// Restarts and scales whatever a target is in AWS: the environment's table says which service it belongs to.
///
/// One capability has one binding, but its targets may be a database, a service and a cache; `kind` tells them apart.
package struct AWSResourceAction: ActionProvider {
    private static let fields = [
        InputContract(
            "kind", .string, required: true, allowed: ["ec2", "ecs", "elasticache", "rds"],
            description: "The service that the target belongs to."),
        InputContract("cluster", .string, description: "For ecs: the service's cluster."),
        InputContract("service", .string, description: "For ecs: the service."),
        InputContract("instance", .string, description: "For rds: the database instance."),
        InputContract("instances", .list, description: "For ec2: the instances."),
        InputContract("cache_cluster", .string, description: "For elasticache: the cluster."),
        InputContract("nodes", .list, description: "For elasticache: the nodes to reboot."),
    ]

    package static let contract = ProviderContract(
        "aws.resource", description: "Whatever a target is in AWS, told apart by `kind`.",
        settings: fields + AWSSettings.contract,
        operations: [restart, scale])

    private static let restart = OperationContract(
        "restart",
        action: ActionContract(
            "aws.resource.restart",
            description:
                "Give an ECS service a new deployment; reboot an RDS instance, EC2 instances or a cache.",
            effect: .change, recovery: .idempotent, inputs: [AWSFields.target],
            outputs: AWSFields.restarted, timeout: .seconds(30)),
        serves: ["restart_service"],
        permissions: [
            "ec2:RebootInstances", "ecs:UpdateService", "elasticache:RebootCacheCluster",
            "rds:RebootDBInstance",
        ])

    private static let scale = OperationContract(
        "scale",
        action: ActionContract(
            "aws.resource.scale",
            description:
                "Set an ECS service's tasks, an RDS instance's class, or a cache's nodes.",
            effect: .change, recovery: .idempotent,
            inputs: [
                AWSFields.target,
                InputContract(
                    "to", .any, required: true,
                    description: "A number of tasks or nodes, or a class or type."),
            ],
            outputs: AWSFields.resized, timeout: .seconds(60)),
        serves: ["scale_down", "scale_up"],
        permissions: [
            "ecs:UpdateService", "elasticache:ModifyCacheCluster", "rds:ModifyDBInstance",
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        let kind = (request.settings["kind"] ?? request.inputs["kind"])?.plainValue?.stringValue
        guard let work = AWSResourceWork(operation: request.operation, kind: kind ?? "") else {
            return .failed(
                .invalid, retryable: false,
                message: "there is no '\(request.operation)' for 'kind' '\(kind ?? "")'")
        }
        return await AWSServiceAction(work.definition, tools: tools).perform(work.request(request))
    }
}

/// The operation of the service that a resource belongs to, and how its settings are called there.
struct AWSResourceWork: Sendable {
    let definition: AWSDefinition
    let operation: String
    /// Our names of settings to the service's.
    private let names: [String: String]

    /// Nil if things of this kind cannot be treated so.
    init?(operation: String, kind: String) {
        switch (operation, kind) {
        case ("restart", "ec2"): self.init(.ec2, "reboot", [:])
        case ("restart", "ecs"): self.init(.ecs, "restart", [:])
        case ("restart", "elasticache"):
            self.init(.elasticache, "reboot", ["cache_cluster": "cluster"])
        case ("restart", "rds"): self.init(.rds, "reboot", [:])
        case ("scale", "ecs"): self.init(.ecs, "scale", ["to": "count"])
        case ("scale", "elasticache"):
            self.init(.elasticache, "resize", ["cache_cluster": "cluster", "to": "node_type"])
        case ("scale", "rds"): self.init(.rds, "resize", ["to": "class"])
        default: return nil
        }
    }

    private init(_ definition: AWSDefinition, _ operation: String, _ names: [String: String]) {
        self.definition = definition
        self.operation = operation
        self.names = names
    }

    func request(_ request: ActionRequest) -> ActionRequest {
        var changed = request
        changed.operation = operation
        changed.settings = renamed(request.settings)
        changed.inputs = renamed(request.inputs)
        return changed
    }

    /// `cluster` is of ECS alone: where a setting takes its name, it must not stay beside it.
    private func renamed(_ object: SealedObject) -> SealedObject {
        var members: [SealedObject.Member] = []
        for member in object.members where !names.values.contains(member.name) {
            members.append(
                SealedObject.Member(name: name(member), value: member.value))
        }
        return SealedObject(members)
    }

    private func name(_ member: SealedObject.Member) -> String {
        // A number is how many nodes a cache is to have, text their type.
        if member.name == "to", definition.contract.name == "aws.elasticache",
            member.value.plainValue?.integerValue != nil
        {
            return "count"
        }
        return names[member.name] ?? member.name
    }

    /// What the permission survey knows of the settings, under the service's names.
    func renamed(_ object: JSONObject) -> JSONObject {
        renamed(SealedObject(plain: object)).redacted
    }
}
