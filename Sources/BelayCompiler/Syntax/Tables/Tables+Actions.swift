extension Tables {
    static let actions: KeyTable = .init(
        "actions", "a file of actions",
        head(.actions) + [
            Key("actions", .map(.object { action }), required: true, "contracts by name")
        ])

    static let action: KeyTable = .init(
        "action", "an action",
        [
            Key("description", .text, "what it does"),
            Key("effect", .words(Effect.self), required: true, "what it does to the world"),
            Key(
                "recovery", .words(RecoveryClass.self),
                "the weakest class that a bound operation may have"),
            Key("inputs", .map(.object { input }), "what it takes"),
            Key("outputs", .map(.object { output }), "what it answers"),
            Key("timeout", .duration, "bounds each attempt where a step does not"),
            Key(
                "undo", .either([.named(.action), .nothing]), "the action that reverses it, or `~`"),
            Key("probe", .named(.action), "the read action that tells whether it happened"),
        ], hints: ["idempotent": "say `recovery: idempotent`"])

    static let input: KeyTable = .init(
        "input", "an input",
        [
            Key("type", .words(ValueType.self), required: true, "its type"),
            Key("required", .boolean, "whether it must be given"),
            Key("description", .text, "what it is for"),
            Key("default", .value, "used where a runbook is silent"),
            Key("enum", .list(.value, least: 1), "the only values that it may have"),
            Key("pattern", .text, "an RE2 pattern that text must match as a whole"),
        ])

    static let output: KeyTable = .init(
        "output", "an output",
        [
            Key("type", .words(ValueType.self), required: true, "its type"),
            Key("description", .text, "what it is"),
        ])

    static let guardrails: KeyTable = .init(
        "guardrails", "a file of guardrails",
        head(.guardrails) + [
            Key(
                "guardrails", .list(.object { guardrail }), required: true,
                "conditions that refuse calls")
        ])

    static let guardrail: KeyTable = .init(
        "guardrail", "a guardrail",
        [
            Key("id", .named(.name), required: true, "what it is called, unique in the repository"),
            Key("description", .text, "what it is for"),
            Key(
                "deny", .expression, required: true, "the call is refused when this is true, in CEL"
            ),
            Key("message", .text, required: true, "what a person is told"),
            Key("effects", .list(.words(Effect.self)), "effects besides `change` and `destroy`"),
        ])
}
