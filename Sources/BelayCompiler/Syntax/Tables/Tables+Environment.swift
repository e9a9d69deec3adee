extension Tables {
    static let priorities = ["critical", "high", "medium", "low", "info"]

    static let environment: KeyTable = .init(
        "environment", "an environment",
        head(.environment) + [
            Key(
                "mode", .words(Mode.self),
                "the most that any rule may do here; `observe` if not given"),
            Key("bind", .map(.object { bind }), "which provider carries an action out"),
            Key("targets", .map(.map(.value)), "what bindings need to know of what is acted on"),
            Key("env", .list(.text), "variables that may be read from the process"),
            Key("secrets", .map(.object { secret }), "where secrets are found"),
            Key("limits", .object { limits }, "limits over all rules"),
            Key("params", .map(.value), "values for parameters of runbooks, by `RUNBOOK.PARAM`"),
            Key("sources", .map(.object { source }), "how deliveries are read"),
            Key("people", .object { people }, "who approves and who is told"),
            Key("notices", .object { notices }, "where the engine's own notices go"),
            Key(
                "storm", .object { storm },
                "when changes pause because too many targets are affected"),
            Key("populations", .map(.integer(count)), "how many there are, for `max_percent`"),
            Key("windows", .map(.object { window }), "times in which nothing is changed"),
            Key("account", .text, "the AWS account that the caller must belong to"),
            Key("http", .object { http }, "where HTTP may go"),
            Key(
                "anchors", .list(.object { anchor }),
                "where the daemon keeps checkpoints of the journal, out of reach of this host"),
        ])

    static let bind: KeyTable = .init(
        "binding", "a binding",
        [
            Key("provider", .text, required: true, "who carries it out"),
            Key(
                "operation", .text,
                "which of the provider's operations, if it has several for the action"),
            Key("recovery", .words(RecoveryClass.self), "what may be done after a lost answer"),
            Key("max_in_flight", .integer(1...10_000), "calls at once; 16 if not given"),
            Key("timeout", .duration, "bounds each attempt here"),
        ], rest: .value)

    static let secret: KeyTable = .init(
        "secret", "a secret",
        [
            Key("env", .text, "the variable that holds it"),
            Key("file", .text, "the file that holds it"),
            Key("from", .text, "the store that holds it: `aws.secretsmanager`"),
            Key("name", .text, "its name in that store"),
            Key("key", .text, "the member of a secret that is a JSON object"),
        ],
        hints: ["value": "a secret is never written down; say where it is found"],
        alternatives: [["env"], ["file"], ["from", "name"]])

    static let budget: KeyTable = .init(
        "budget", "a limit",
        [
            Key("count", .integer(count), required: true, "how many"),
            Key("per", .duration, required: true, "in this period"),
        ])

    static let limits: KeyTable = .init(
        "limits", "`limits`",
        [
            Key("max_runs", .object { budget }, "runs with a started change"),
            Key("max_targets", .object { budget }, "distinct targets changed"),
        ])

    static let source: KeyTable = .init(
        "source", "a source",
        [
            Key("priority", .map(.word(priorities)), "the source's words and what they mean"),
            Key("metrics", .map(.expression), "metrics as CEL over a delivery"),
        ])

    static let people: KeyTable = .init(
        "people", "`people`",
        [
            Key("groups", .map(.list(.text)), "who approves as `group/NAME`"),
            Key(
                "oncall", .map(.map(.value)),
                "how `oncall/NAME` is told: settings that stand before those of the binding"),
        ])

    static let notices: KeyTable = .init(
        "notices", "`notices`",
        [
            Key("uses", .named(.action), required: true, "the action that tells"),
            Key("with", .map(.value), "its inputs"),
            Key("timeout", .duration, "bounds each attempt"),
        ])

    static let storm: KeyTable = .init(
        "storm", "`storm`",
        [
            Key("targets", .integer(count), required: true, "so many targets"),
            Key("per", .duration, required: true, "in this period"),
            Key("pause", .duration, required: true, "changes pause this long"),
        ])

    static let window: KeyTable = .init(
        "window", "a window",
        [
            Key("zone", .text, required: true, "its time zone: `Europe/Paris`"),
            Key("cron", .text, required: true, "when it begins: minute hour day month weekday"),
            Key("for", .duration, required: true, "how long it lasts"),
        ])

    static let http: KeyTable = .init(
        "http", "`http`",
        [
            Key("allow", .list(.text), "hosts that may be called"),
            Key("allow_private", .list(.text), "blocks of private addresses that may be called"),
        ])

    static let anchor: KeyTable = .init(
        "anchor", "an anchor",
        [
            Key("file", .text, "append to this file; an absolute path"),
            Key("http", .text, "POST to this address: https, or http to the loopback"),
            Key(
                "token", .template,
                "the bearer token that the address wants: `${{ secrets.NAME }}` and nothing else"),
            Key("git", .text, "commit to this git work tree; an absolute path"),
            Key("every", .duration, "how often, if there is a new one; `1h` if not given"),
        ],
        hints: ["url": "did you mean `http`?", "path": "did you mean `file`?"],
        alternatives: [["file"], ["http"], ["git"]])
}
