package import BelayCompiler
package import BelayEngine
import JSON

/// Acts on workloads and nodes by a Kubernetes API server, with a token or a client certificate, with a
/// kubeconfig file, or with the service account of the pod that it runs in.
package struct KubernetesAction: ActionProvider {
    private static let namespace = InputContract(
        "namespace", .string, description: "Default: that of the context or pod, else `default`.")
    private static let kind = InputContract(
        "kind", .string, allowed: ["deployment", "statefulset", "daemonset"], standard: "deployment"
    )
    private static let name = InputContract(
        "name", .string, required: true, description: "The object's name.")
    private static let target = InputContract(
        "target", .string, standard: "${{ incident.target }}", description: "What is acted on.")

    package static let contract = ProviderContract(
        "kubernetes", description: "Workloads and nodes of a Kubernetes cluster.",
        settings: [
            InputContract(
                "server", .string, description: "The API server; default: the pod's own cluster."),
            InputContract(
                "kubeconfig", .string,
                description: "A kubeconfig file that tells server, authority and user instead."),
            InputContract(
                "context", .string,
                description:
                    "Its context; default: its current-context. Alone: of the files of KUBECONFIG, else of "
                    + "`~/.kube/config`."),
            InputContract(
                "token", .string, description: "A bearer token: a secret; default: the pod's."),
            InputContract("ca_file", .string, description: "PEM file of the cluster's authority."),
            InputContract(
                "client_certificate", .string, description: "PEM text, instead of a token."),
            InputContract("client_key", .string, description: "PEM text: a secret."),
        ],
        operations: [
            operation(
                "cordon", "Keep new pods off a node, or let them on again.", .change,
                [
                    target, name,
                    InputContract("on", .boolean, standard: true, description: "False lifts it."),
                ]),
            operation(
                "delete_pod", "Delete a pod; its controller makes another.", .change,
                [
                    target, namespace, name,
                ], serves: ["restart_service"]),
            operation(
                "read", "Read how a workload is.", .read, [namespace, kind, name],
                outputs: [
                    OutputContract("desired", .integer, description: "Pods that are to run."),
                    OutputContract("ready", .integer, description: "Pods that are ready."),
                    OutputContract("updated", .integer, description: "Pods of the newest version."),
                ]),
            operation(
                "restart", "Replace all pods of a workload, one after another.", .change,
                [
                    target, namespace, kind, name,
                ], serves: ["restart_service"]),
            operation(
                "scale", "Set how many pods of a workload run.", .change,
                [
                    target, namespace,
                    InputContract(
                        "kind", .string, allowed: ["deployment", "statefulset"],
                        standard: "deployment"),
                    name,
                    InputContract(
                        "replicas", .integer, required: true, description: "Pods that are to run."),
                ], outputs: AWSFields.resized, serves: ["scale_down", "scale_up"]),
        ])

    private static func operation(
        _ name: String, _ description: String, _ effect: Effect, _ inputs: [InputContract],
        outputs: [OutputContract] = AWSFields.restarted, serves: [String] = []
    ) -> OperationContract {
        OperationContract(
            name,
            action: ActionContract(
                "kubernetes.\(name)", description: description, effect: effect,
                recovery: effect == .read ? .pure : .idempotent, inputs: inputs, outputs: outputs,
                timeout: .seconds(30)),
            serves: serves)
    }

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut(at: tools.now()) { call throws(Refusal) in
            let cluster = try KubernetesCluster(call.settings, tools)
            let message = cluster.message(try KubernetesAction.verb(call, cluster.namespace))
            var policy = HostPolicy()
            policy.trusted = [message.url.authority]
            let outcome = await tools.post(message, policy, call) { response throws(Refusal) in
                try KubernetesAction.output(call, response)
            }
            return outcome.redacted(by: cluster.secrets)
        }
    }

    /// Method, path and patch of an operation.
    private static func verb(
        _ call: ActionCall, _ own: String?
    ) throws(Refusal) -> KubernetesVerb {
        let name = try segment(try call.required("name"), "name")
        let namespace = try segment(call.text("namespace") ?? own ?? "default", "namespace")
        let kind = call.text("kind") ?? "deployment"
        let workload = "/apis/apps/v1/namespaces/\(namespace)/\(kind)s/\(name)"
        switch call.request.operation {
        case "read": return KubernetesVerb("GET", workload)
        case "restart":
            // The same attempt of the same step writes the same value: doing it twice is doing it once.
            let stamp: JSONValue = .string(String(call.request.idempotencyKey.prefix(32)))
            let annotations: JSONValue = ["annotations": ["belay/restarted-by": stamp]]
            let patch: JSONValue = ["spec": ["template": ["metadata": annotations]]]
            return KubernetesVerb("PATCH", workload, patch)
        case "scale":
            guard let count = try call.integer("replicas"), (0...10_000).contains(count) else {
                throw .invalid("'replicas' must be a number from 0 to 10000")
            }
            let patch: JSONValue = ["spec": ["replicas": .integer(Int64(count))]]
            return KubernetesVerb("PATCH", workload + "/scale", patch)
        case "delete_pod":
            return KubernetesVerb("DELETE", "/api/v1/namespaces/\(namespace)/pods/\(name)")
        case "cordon":
            let isOn = call.value("on") == nil ? true : try call.flag("on")
            return KubernetesVerb(
                "PATCH", "/api/v1/nodes/\(name)", ["spec": ["unschedulable": .bool(isOn)]])
        case let other: preconditionFailure("kubernetes has no operation \(other)")
        }
    }

    /// A name as the API server takes it; anything else could name another path.
    private static func segment(_ text: String, _ name: String) throws(Refusal) -> String {
        let isFine = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-.".utf8.contains(byte)
        }
        guard text.utf8.allSatisfy(isFine), (1...253).contains(text.utf8.count),
            text.utf8.first != UInt8(ascii: ".")
        else {
            throw .invalid("'\(name)' is no name of a Kubernetes object: '\(text)'")
        }
        return text
    }

    private static func output(_ call: ActionCall, _ response: HTTPResponse) throws(Refusal)
        -> JSONObject
    {
        switch call.request.operation {
        case "scale": return call.sizeOutput(call.value("replicas") ?? .null)
        case "read":
            guard let object = response.body.whole.flatMap({ try? JSONParser.parse($0) }) else {
                throw Refusal(
                    .failed(.badOutput, retryable: false, message: "the answer is not JSON"))
            }
            let status = object["status"]
            return [
                "desired": object["spec"]?["replicas"] ?? status?["desiredNumberScheduled"] ?? 0,
                "ready": status?["readyReplicas"] ?? status?["numberReady"] ?? 0,
                "updated": status?["updatedReplicas"] ?? status?["updatedNumberScheduled"] ?? 0,
            ]
        default: return call.targetOutput
        }
    }
}
