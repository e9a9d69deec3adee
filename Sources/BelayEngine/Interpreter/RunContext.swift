package import BelayCompiler
package import JSON

/// What a run starts with and keeps: its rule, its incident and the environment, all immutable.
package struct RunContext: Sendable {
    package var run: String
    package var rule: Rule
    package var incident: Incident
    package var environment: EnvironmentProgram
    package var guardrails: [Guardrail]
    package var params: JSONObject
    /// The process variables that the environment declares, as they were when the run began.
    package var variables: JSONObject
    /// What the rule acts on: the default of every target.
    package var target: String?
    /// The least of rule, defaults and environment.
    package var mode: Mode
    /// Who or what began the run: `source`, or a person's name.
    package var actor: String
    /// Which of the rule's steps these are; `rule` has them as its `steps`.
    package var part: RunPart = .remedy
    /// The own change that led to it.
    package var cause: RunCause?

    package init(
        run: String, rule: Rule, incident: Incident, environment: EnvironmentProgram,
        guardrails: [Guardrail], params: JSONObject, variables: JSONObject, target: String?,
        mode: Mode,
        actor: String
    ) {
        self.run = run
        self.rule = rule
        self.incident = incident
        self.environment = environment
        self.guardrails = guardrails
        self.params = params
        self.variables = variables
        self.target = target
        self.mode = mode
        self.actor = actor
    }
}
