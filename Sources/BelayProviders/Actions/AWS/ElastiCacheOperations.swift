import BelayCompiler
import JSON

/// ElastiCache: node types, node counts and reboots.
extension AWSDefinition {
    package static let elasticache = AWSDefinition(
        "aws.elasticache", description: "Cache clusters of ElastiCache.",
        [elasticacheReboot, elasticacheResize, elasticacheResizeGroup])

    private static let cluster = InputContract(
        "cluster", .string, required: true, description: "Identifier of the cache cluster.")
    private static let nodeType = InputContract(
        "node_type", .string, description: "Such as cache.r5.large.")

    private static let elasticacheReboot = AWSOperation(
        OperationContract(
            "reboot",
            action: ActionContract(
                "aws.elasticache.reboot",
                description: "Reboot nodes of a cache cluster; their entries are lost.",
                effect: .change,
                recovery: .idempotent,
                inputs: [
                    AWSFields.target, cluster,
                    InputContract(
                        "nodes", .list, standard: ["0001"], description: "Node identifiers."),
                ],
                outputs: AWSFields.restarted, timeout: .seconds(30)),
            serves: ["clear_cache", "restart_service"],
            permissions: ["elasticache:RebootCacheCluster"]),
        call: { call throws(Refusal) in
            let nodes = try call.texts("nodes") ?? ["0001"]
            if nodes.isEmpty { throw .invalid("'nodes' is empty: nothing to reboot") }
            let list = nodes.enumerated().map { ("CacheNodeIdsToReboot.CacheNodeId.\($0 + 1)", $1) }
            return AWSCall(
                .elasticache, "RebootCacheCluster",
                .form([("CacheClusterId", try call.required("cluster"))] + list))
        },
        output: { call, _ throws(Refusal) in call.targetOutput })

    private static let elasticacheResize = AWSOperation(
        OperationContract(
            "resize",
            action: ActionContract(
                "aws.elasticache.resize",
                description: "Give a cache cluster other nodes or another number of them, at once.",
                effect: .change, recovery: .idempotent,
                inputs: [
                    AWSFields.target, cluster, nodeType,
                    InputContract(
                        "count", .integer, description: "Nodes that the cluster is to have."),
                ],
                outputs: AWSFields.resized, timeout: .seconds(60)),
            serves: ["scale_down", "scale_up"], permissions: ["elasticache:ModifyCacheCluster"]),
        call: { call throws(Refusal) in
            let type = call.text("node_type").map { ("CacheNodeType", $0) }
            let count = try call.integer("count").map { ("NumCacheNodes", String($0)) }
            let sizes = [type, count].compactMap { $0 }
            if sizes.isEmpty { throw .invalid("neither 'node_type' nor 'count' is given") }
            return AWSCall(
                .elasticache, "ModifyCacheCluster",
                .form(
                    [("CacheClusterId", try call.required("cluster"))] + sizes + [
                        ("ApplyImmediately", "true")
                    ]))
        },
        output: { call, _ throws(Refusal) in
            call.sizeOutput(call.value("node_type") ?? call.value("count") ?? .null)
        })

    private static let elasticacheResizeGroup = AWSOperation(
        OperationContract(
            "resize_group",
            action: ActionContract(
                "aws.elasticache.resize_group",
                description: "Give a replication group other nodes, at once.",
                effect: .change, recovery: .idempotent,
                inputs: [
                    AWSFields.target,
                    InputContract(
                        "group", .string, required: true, description: "Identifier of the group."),
                    InputContract(
                        "node_type", .string, required: true, description: "Such as cache.r5.large."
                    ),
                ],
                outputs: AWSFields.resized, timeout: .seconds(60)),
            permissions: ["elasticache:ModifyReplicationGroup"]),
        call: { call throws(Refusal) in
            AWSCall(
                .elasticache, "ModifyReplicationGroup",
                .form([
                    ("ReplicationGroupId", try call.required("group")),
                    ("CacheNodeType", try call.required("node_type")), ("ApplyImmediately", "true"),
                ]))
        },
        output: { call, _ throws(Refusal) in
            call.sizeOutput(.string(try call.required("node_type")))
        })
}
