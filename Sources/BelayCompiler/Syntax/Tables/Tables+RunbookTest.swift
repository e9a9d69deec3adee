extension Tables {
    private static let incident: Shape = .either([.template, .object { incidentFields }])
    private static let mocks: Shape = .map(
        .either([.object { reply }, .list(.object { reply }, least: 1)]))

    static let runbookTest: KeyTable = .init(
        "runbook-test", "a test of runbooks",
        head(.runbookTest) + [
            Key(
                "environment", .text,
                "whose targets, params and limits hold; `simulated` if not given"),
            Key("clock", .timestamp, "where virtual time begins"),
            Key("only", .list(.text), "the only runbooks that are asked"),
            Key("incidents", .map(.object { incidentFields }), "incidents by name"),
            Key("mocks", mocks, "what calls are answered with"),
            Key("cases", .list(.object { testCase }, least: 1), required: true, "the cases"),
        ], hints: ["runbooks": "all runbooks are asked; `only` isolates some"])

    /// A file that has mocks and nothing else.
    static let mocksFile: KeyTable = .init(
        "mocks", "a file of mocks",
        [Key("mocks", mocks, required: true, "what calls are answered with")])

    static let testCase: KeyTable = .init(
        "case", "a case",
        [
            Key("name", .template, required: true, "what is shown of it"),
            Key("incident", incident, "a named incident, or one written out"),
            Key("mocks", mocks, "replace those of the file action by action"),
            Key("expect", .object { expect }, "what must come of it"),
            Key("timeline", .list(.object { moment }, least: 1), "several moments on one clock"),
            Key(
                "table", .list(.map(.value), least: 1),
                "one run for each row, whose values are `row.NAME`"),
            Key("match_only", .boolean, "stops after the choice of rules"),
        ], alternatives: [["incident", "expect"], ["timeline"]])

    static let moment: KeyTable = .init(
        "moment", "a moment",
        [
            Key("at", .duration, required: true, "since the case began"),
            Key("incident", incident, "the incident that is delivered; the case's if not given"),
            Key("repeat", .boolean, "delivers the same problem again"),
            Key("expect", .object { expect }, "what must come of it"),
        ])

    static let expect: KeyTable = .init(
        "expect", "`expect`",
        [
            Key("rule", .template, "the rule that is taken, or `none`"),
            Key("steps", .map(.template), "steps and their outcomes, exact"),
            Key("calls", .list(.map(.value)), "all calls but reads, in order; arguments a subset"),
            Key("records", .list(.map(.value)), "journal records, in order, a subset"),
            Key("outcome", .template, "how the run or decision ends"),
            Key("reason", .template, "why"),
            Key("runs", .list(.object { expect }), "one for each run, where rules `continue`"),
        ])

    static let reply: KeyTable = .init(
        "reply", "a reply",
        [
            Key("return", .value, "the answer"),
            Key("throw", .word(errors), "fails with this class"),
            Key("hang", .duration, "answers only after this long"),
            Key("approve", .either([.object { approve }, .boolean]), "a person approves"),
            Key("deny", .either([.object { approve }, .boolean]), "a person denies"),
            Key(
                "resolve_notice", .either([.object { delay }, .boolean]),
                "the source says that it is resolved"),
            Key("after", .duration, "the time until it answers"),
        ],
        alternatives: [["return"], ["throw"], ["hang"], ["approve"], ["deny"], ["resolve_notice"]])

    static let approve: KeyTable = .init(
        "decision", "a decision",
        [
            Key("by", .text, "who decides"),
            Key("after", .duration, "the time until then"),
        ])

    static let delay: KeyTable = .init(
        "delay", "a notice", [Key("after", .duration, "the time until then")])

    static let incidentFields: KeyTable = .init(
        "incident", "an incident",
        IncidentField.all.map { Key($0.name, $0.shape, $0.summary) } + [
            Key("extends", .text, "the named incident that it starts from")
        ],
        hints: [
            "alertname": "an alert's name is the incident's `type`",
            "severity": "an incident's severity is its `priority`",
            "observed": "measured values stand under `metrics`",
            "values": "measured values stand under `metrics`",
            "raw": "whatever else the source sent stands under `details`",
        ])
}
