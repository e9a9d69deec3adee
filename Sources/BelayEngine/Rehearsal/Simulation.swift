package import BelayCompiler
import JSON

/// What `belay simulate` does: incidents are decided and their runs go to their end as the daemon would carry them
/// out, on a virtual clock, in a world of mocks, readings and assumptions. Nothing is changed anywhere.
///
/// Limits hold among these incidents; what a journal holds is not asked.
package struct Simulation: Sendable {
    private let planner: Planner
    private let mocks: TestMocks
    private let assumptions: Assumptions

    package init(
        _ planner: Planner, mocks: [MockSyntax], assumptions: Assumptions
    ) throws(TestProblem) {
        self.planner = planner
        self.mocks = try TestMocks(
            own: mocks, shared: [], TestTemplates(), planner.decider.program.catalogue)
        self.assumptions = assumptions
    }

    /// All incidents, delivered one after another at one moment.
    ///
    /// - Parameter answers: what the real world has been asked and has answered; nil: it is not asked. Where an
    ///   answer is missing, `unread` of the outcome says so: ask, and run it again.
    package func run(
        _ incidents: [Incident], at start: Timestamp, answers: [LiveQuestion: ActionOutcome]? = nil
    ) -> SimulationOutcome {
        var stage = RehearsalStage(
            planner: planner, at: start,
            script: SimulationScript(mocks: mocks, assumptions: assumptions, answers: answers),
            isMatchOnly: false)
        for incident in incidents { stage.deliver(incident, at: start) }
        stage.proceed()
        let (rehearsal, script) = (stage.rehearsal, stage.rehearsal.script)
        return SimulationOutcome(
            start: start,
            deliveries: stage.delivered.indices.map { place in
                let delivery = stage.delivered[place]
                return SimulationOutcome.Delivery(
                    incident: delivery.incident, decision: delivery.decision,
                    runs: delivery.runs + stage.parts(of: place))
            },
            runs: rehearsal.runs, origins: script.origins, unusedMocks: script.unusedMocks,
            unusedAssumptions: script.unusedAssumptions,
            unread: script.unread.first.map { ($0, rehearsal.runs[$0.run].context) },
            isCut: rehearsal.isCut)
    }
}

/// What came of a simulation.
package struct SimulationOutcome: Sendable {
    /// One incident, and the runs that it led to by their places.
    package struct Delivery: Sendable {
        package var incident: Incident
        package var decision: Decision
        package var runs: [Int]
    }

    package var start: Timestamp
    package var deliveries: [Delivery]
    package var runs: [RehearsedRun]
    package var origins: [SimulatedAttempt: SimulatedOrigin]
    package var unusedMocks: [String]
    /// Assumptions that had to do with nothing.
    package var unusedAssumptions: [String]
    /// The first thing that the real world must be asked before this is true.
    package var unread: (call: RehearsedCall, context: RunContext)?
    /// Whether the runs come to no end.
    package var isCut: Bool
}

/// One attempt of a call in a simulation.
package struct SimulatedAttempt: Sendable, Hashable {
    package var run: Int
    package var path: String
    package var attempt: Int

    package init(run: Int, path: String, attempt: Int) {
        self.run = run
        self.path = path
        self.attempt = attempt
    }

    init(_ call: RehearsedCall) {
        self.init(run: call.run, path: call.path, attempt: call.intent.attempt)
    }
}

/// Who answered a call of a simulation.
package enum SimulatedOrigin: String, Sendable, Hashable {
    case mock
    /// The real world.
    case read
    case assumed
}
