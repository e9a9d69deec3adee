extension Tables {
    static let errors = [
        "unavailable", "throttled", "timeout", "unverified", "no_data", "remote", "conflict",
        "not_found",
        "bad_output", "output_too_large", "target_busy", "denied", "invalid",
    ]

    private static let inputs: Shape = .map(.value)

    static let step: KeyTable = .init(
        "step", "a step",
        [
            Key("id", .named(.identifier), "unique in the rule; the action's name if not given"),
            Key("name", .template, "what it is called in plans"),
            Key("uses", .text, "an action, or `chain/NAME`"),
            Key("with", inputs, "the action's inputs"),
            Key(
                "parallel", .either([.list(.object { step }, least: 1), .integer(1...100)]),
                "steps at once; beside `for_each` the number of items at once"),
            Key("wait", .duration, "waits this long"),
            Key("wait_for", .object { waitFor }, "waits until something is so"),
            Key(
                "for_each", .either([.template, .list(.value)]),
                "once for each item, which is `item`"),
            Key("max_items", .integer(1...10_000), "more items are an error; 10 if not given"),
            Key("if", .expression, "whether it runs; `success()` if not given"),
            Key("timeout", .duration, "bounds each attempt"),
            Key("retry", .object { retry }, "when failed attempts are made again"),
            Key("continue_on_error", .boolean, "a failure does not stop the chain"),
            Key("approval", .object { approval }, "asks a person first"),
            Key("verify", .object { ask }, "asks whether this step has worked"),
            Key("rollback", .object { rollback }, "undoes it when the chain fails later"),
            Key("on_failure", steps, "runs when the step has failed"),
        ],
        hints: [
            "action": "the action is named by `uses`",
            "run": "the action is named by `uses`",
            "params": "inputs stand under `with`",
            "inputs": "inputs stand under `with`",
            "args": "inputs stand under `with`",
            "when": "a step has `if`; rules have `when`",
            "until": "`until` belongs to a rule; a step has `verify` and `wait_for`",
            "idempotency_key": "the key is made from the run and the step; it cannot be chosen",
            "max_retries": "write `retry: {attempts: 3}`; attempts count the first try",
            "retries": "write `retry: {attempts: 3}`; attempts count the first try",
            "target": "`target` is an input: it stands under `with`",
        ], alternatives: [["uses"], ["parallel"], ["wait"], ["wait_for"]])

    static let ask: KeyTable = .init(
        "ask", "a question",
        [
            Key("uses", .named(.action), required: true, "the read action that is asked"),
            Key("with", inputs, "its inputs"),
            Key("expect", .expression, required: true, "what `result` must be, in CEL"),
            Key("every", .duration, "the time between two asks; 15s if not given"),
            Key("within", .duration, "how long it is asked; 2m if not given"),
            Key("after", .duration, "the wait before the first ask of a round; 0s if not given"),
        ])

    static let waitFor: KeyTable = .init(
        "wait_for", "`wait_for`",
        [
            Key("signal", .text, "the name of a signal"),
            Key("uses", .named(.action), "the read action that is asked"),
            Key("with", inputs, "its inputs"),
            Key("when", .expression, "what `result` must be, in CEL"),
            Key("expect", .expression, "the same as `when`"),
            Key("every", .duration, "the time between two asks"),
            Key("within", .duration, "how long it is waited"),
            Key("after", .duration, "the wait before the first ask"),
        ], alternatives: [["signal"], ["uses", "when"], ["uses", "expect"]])

    static let retry: KeyTable = .init(
        "retry", "`retry`",
        [
            Key(
                "attempts", .integer(1...100), required: true,
                "how often in all, the first try counted"),
            Key(
                "backoff", .words(RetryPolicy.Backoff.self),
                "how waits grow; `exponential` if not given"),
            Key("initial", .duration, "the first wait"),
            Key("max", .duration, "the longest wait"),
            Key(
                "jitter", .words(RetrySyntax.Jitter.self),
                "whether waits are drawn at random; `full` if not given"),
            Key(
                "errors", .list(.word(errors), least: 1), former: ["on"],
                "the failures that are tried again"),
        ],
        hints: ["delay": "the first wait is `initial`", "max_delay": "the longest wait is `max`"])

    static let approval: KeyTable = .init(
        "approval", "`approval`",
        [
            Key(
                "from", .list(.text, least: 1),
                "`group/NAME` or people; the owner's group if not given"),
            Key("timeout", .duration, "how long it is waited; 30m if not given"),
            Key(
                "on_timeout", .words(Approval.Silence.self),
                "what silence means; `deny` if not given"),
        ])

    static let rollback: KeyTable = .init(
        "rollback", "`rollback`",
        [
            Key("uses", .named(.action), required: true, "the action that undoes the step"),
            Key("with", inputs, "its inputs"),
            Key("timeout", .duration, "bounds each attempt"),
        ])
}
