extension Tables {
    static let runbook: KeyTable = .init(
        "runbook", "a runbook",
        head(.runbook) + [
            Key("params", .map(.object { param }), "typed values that an environment may replace"),
            Key(
                "defaults", .object { defaults },
                "what applies to all rules unless they say otherwise"),
            Key("imports", .list(.text), "files of the repository whose chains may be used"),
            Key("chains", .map(.object { chainBody }), "reusable lists of steps"),
            Key("rules", .list(.object { rule }), "which incidents, and what is done"),
        ], hints: ["steps": "steps belong to a rule or a chain"],
        alternatives: [["rules"], ["chains"]])

    static let defaults: KeyTable = .init(
        "defaults", "`defaults`",
        [
            Key("timeout", .duration, "bounds each attempt of each step"),
            Key("retry", .object { retry }, "when failed attempts are made again"),
            Key("on_failure", steps, "runs when a chain has failed"),
            Key("mode", .words(Mode.self), "the most that the rules may do"),
        ])

    static let chainBody: KeyTable = .init(
        "chain", "a chain",
        [
            Key("description", .text, "what it is for"),
            Key("params", .map(.object { param }), "what it is given"),
            Key("steps", chain, required: true, "what is done, in order"),
            Key("outputs", .map(.value), "what it gives back, as `${{ steps.ID.output... }}`"),
        ])

    static let rule: KeyTable = .init(
        "rule", "a rule",
        [
            Key("id", .named(.name), required: true, "what the rule is called, unique in the file"),
            Key("description", .text, "what it is for"),
            Key(
                "precedence", .integer(-1_000_000...1_000_000),
                "higher is asked first; 0 if not given"),
            Key("match", .pattern, "which incidents, as an event pattern"),
            Key(
                "when", .either([.expression, .object { condition }]),
                "what `match` cannot say, in CEL"),
            Key("for", .duration, "act only if it is still firing after this long"),
            Key("catch_all", .boolean, "for everything that no other rule takes"),
            Key("continue", .boolean, "taken, and the search goes on"),
            Key("mode", .words(Mode.self), "the most that the rule may do"),
            Key(
                "target", .template, "what the rule acts on; `${{ incident.target }}` if not given"),
            Key("cooldown", .object { cooldown }, "rest after a change"),
            Key("concurrency", .object { concurrency }, "one run at a time in a group"),
            Key(
                "blast_radius", .object { blastRadius },
                "how many targets may be changed in a period"),
            Key("again", .object { again }, "lets a finished run be repeated for the same problem"),
            Key(
                "until", .either([.object { ask }, .word(["resolved"])]),
                "asks whether it has recovered"),
            Key("deadline", .duration, "after it no step but `notify` begins; 1h if not given"),
            Key("steps", chain, required: true, "what is done, in order"),
            Key("on_failure", steps, "runs when the chain has failed"),
            Key("on_resolve", .words(NoticePolicy.self), "what a resolve notice does to a run"),
            Key(
                "on_acknowledge", .words(NoticePolicy.self), "what an acknowledgement does to a run"
            ),
            Key("on_suppressed", steps, "tells when a remedy was held back"),
            Key("after_resolve", steps, "runs once when the source resolves after a change"),
        ],
        hints: [
            "priority": "`precedence` orders rules; an incident's priority belongs under `match`",
            "severity": "an incident's severity is its `priority`, under `match`",
            "if": "a rule has `when`; steps have `if`",
            "condition": "write it as `when`",
            "labels": "labels belong under `match`",
            "type": "an incident's type belongs under `match`",
            "actions": "a rule's actions are its `steps`",
            "uses": "`uses` belongs to a step",
            "timeout": "`timeout` belongs to a step or to `defaults`; a rule has a `deadline`",
            "retry": "`retry` belongs to a step or to `defaults`",
        ])

    /// `when` with its `for` inside.
    static let condition: KeyTable = .init(
        "condition", "`when`",
        [
            Key("expr", .expression, required: true, "the condition, in CEL"),
            Key("for", .duration, "act only if it is still firing after this long"),
        ])

    static let cooldown: KeyTable = .init(
        "cooldown", "`cooldown`",
        [
            Key("key", .template, "what rests; the rule and its target if not given"),
            Key("for", .duration, required: true, "how long"),
        ])

    static let concurrency: KeyTable = .init(
        "concurrency", "`concurrency`",
        [
            Key("group", .template, required: true, "runs with the same text exclude each other"),
            Key(
                "on_conflict", .words(Concurrency.Conflict.self),
                "what a further incident does; `queue` if not given"),
        ])

    static let blastRadius: KeyTable = .init(
        "blast_radius", "`blast_radius`",
        [
            Key("max_targets", .integer(count), "so many distinct targets"),
            Key("max_percent", .percentage, "such a share of a population"),
            Key("population", .text, "the environment's name of that population"),
            Key("per", .duration, required: true, "in this period"),
        ], alternatives: [["max_targets"], ["max_percent", "population"]])

    static let again: KeyTable = .init(
        "again", "`again`",
        [
            Key("after", .duration, required: true, "so long after the last run"),
            Key("max", .integer(count), "so often"),
        ])
}
