package import BelayCompiler
import JSON

/// The contracts of the actions that runbooks name without knowing who carries them out.
///
/// Time-outs are those of the four functions of an incident backend (providers.md, section 1).
package enum Capabilities {
    package static let all: [ActionContract] = [
        clearCache, metricsQuery, notifyHuman, restartService, scaleDown, scaleUp,
    ]

    private static let target = InputContract(
        "target", .string, required: true, standard: "${{ run.target }}",
        description: "What to act on; a key of the environment's `targets`.")

    private static let size = InputContract(
        "to", .any,
        description: "The size to reach: a number of tasks or nodes, or an instance class.")

    private static let sizeOutputs = [
        OutputContract("target", .string, description: "What was acted on."),
        OutputContract("to", .any, description: "The size that was asked for."),
    ]

    package static let clearCache = ActionContract(
        "clear_cache", description: "Drop cached entries of the target.", effect: .change,
        recovery: .idempotent,
        inputs: [
            target,
            InputContract(
                "scope", .string, allowed: ["expired", "pattern", "database", "all"],
                standard: "all",
                description:
                    "Which entries: those that have expired, those whose key matches `pattern`, "
                    + "those of one database, or all."),
            InputContract(
                "pattern", .string, description: "For scope `pattern`: a glob such as `session:*`."),
        ],
        outputs: [OutputContract("freed", .integer, description: "Entries that were dropped.")],
        timeout: .seconds(30))

    package static let metricsQuery = ActionContract(
        "metrics.query", description: "Ask a monitoring system for one number.", effect: .read,
        recovery: .pure,
        inputs: [
            InputContract(
                "query", .string, required: true, description: "In the provider's own language."),
            InputContract("target", .string, description: "What the question is about."),
        ],
        outputs: [
            OutputContract(
                "value", .number, description: "The newest value; no data is `failed(no_data)`."),
            OutputContract("labels", .map, description: "The labels of the series, if it has any."),
        ],
        timeout: .seconds(10))

    package static let notifyHuman = ActionContract(
        "notify_human", description: "Tell people about the incident.", effect: .notify,
        recovery: .once,
        inputs: [
            InputContract(
                "to", .string,
                description:
                    "Whom: `oncall/NAME` of the environment's `people`, or what the provider takes, such as an address."
            ),
            InputContract(
                "subject", .string,
                description: "Default: `[PRIORITY] Incident ID requires attention`."),
            InputContract(
                "message", .string,
                description: "Default: the incident's id, priority, title and description."),
        ],
        outputs: [
            OutputContract("id", .string, description: "The message's identifier, if it has one.")
        ],
        timeout: .seconds(15))

    package static let restartService = ActionContract(
        "restart_service", description: "Restart the service or host that the target names.",
        effect: .change, recovery: .idempotent, inputs: [target],
        outputs: [OutputContract("target", .string, description: "What was restarted.")],
        timeout: .seconds(30))

    package static let scaleDown = ActionContract(
        "scale_down", description: "Give the target less room, down to an absolute size.",
        effect: .change, recovery: .idempotent, inputs: [target, size], outputs: sizeOutputs,
        timeout: .seconds(60), undo: "scale_up")

    package static let scaleUp = ActionContract(
        "scale_up", description: "Give the target more room, up to an absolute size.",
        effect: .change,
        recovery: .idempotent, inputs: [target, size], outputs: sizeOutputs, timeout: .seconds(60),
        undo: "scale_down")
}
