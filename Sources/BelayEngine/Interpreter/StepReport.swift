import BelayCompiler
package import JSON

/// How one step of a run stands: for people, tests and views.
package struct StepReport: Sendable, Hashable {
    package var path: String
    package var id: String
    /// `ok`, `failed`, `timed_out`, `skipped`, `denied`, `unknown`, or `waiting` while it goes on.
    package var outcome: String
    /// Why it was skipped, or the class of its failure.
    package var reason: String?
    package var message: String?
    package var attempts: Int
    package var output: JSONValue?
}

extension Interpreter {
    /// How all steps of a run stand that the walk has reached: the chain's, those inside, then the handlers'.
    package static func report(_ context: RunContext, _ state: RunState) -> [StepReport] {
        guard let now = state.clock else { return [] }
        var open = state
        open.result = nil
        var walker = Walker(context: context, state: open, now: now)
        walker.walkRun()
        var reports: [StepReport] = []
        let handlers = state.conclusion == nil ? [] : walker.handlerSteps
        walker.report(context.rule.steps, under: "", &reports)
        walker.report(handlers, under: "on_failure/", &reports)
        return reports
    }
}

extension Walker {
    fileprivate func report(_ steps: [Step], under prefix: String, _ reports: inout [StepReport]) {
        for step in steps {
            let path = prefix + step.id
            guard ends[path] != nil || isReached(path) else { continue }
            reports.append(report(step, path))
            reportInner(step, path, &reports)
        }
    }

    private func reportInner(_ step: Step, _ path: String, _ reports: inout [StepReport]) {
        let paths =
            step.forEach == nil
            ? [path] : (state.lists[path] ?? []).indices.map { "\(path)[\($0)]" }
        for inner in paths {
            if step.forEach != nil, ends[inner] != nil || isReached(inner) {
                reports.append(report(step, inner))
            }
            switch step.work {
            case .chain(let call): report(call.steps, under: "\(inner)/", &reports)
            case .parallel(let steps): report(steps, under: "\(inner)/", &reports)
            case .call, .wait, .waitFor, .waitForSignal: break
            }
        }
    }

    private func isReached(_ path: String) -> Bool {
        hasBegun(path) || state.approvals[path] != nil || state.lists[path] != nil
    }

    private func report(_ step: Step, _ path: String) -> StepReport {
        let end = ends[path]
        var report = StepReport(
            path: path, id: step.id, outcome: end?.outcome ?? "waiting", reason: end?.failureClass,
            message: end?.message, attempts: state.calls[path]?.attempts.count ?? 0)
        if case .skipped(let reason)? = end { report.reason = reason.rawValue }
        if case .ok(let output)? = end { report.output = output }
        return report
    }
}
