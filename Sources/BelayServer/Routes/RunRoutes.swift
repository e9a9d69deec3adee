import BelayCompiler
import BelayEngine
import JSON

/// Runs: what there is, what they wait for, and what people say to them.
struct RunRoutes: Sendable {
    let store: any Store
    let operations: Operations

    var routes: [Route] {
        [
            Route("GET", "/v1/runs", .read) { request, _ in await list(request) },
            Route("GET", "/v1/runs/:run", .read) { _, parameters in
                await answer { () async throws(OperationProblem) in
                    try await detail(parameters["run"] ?? "")
                }
            },
            order("approve", .approve, ["step"]) { (run, said) async throws(OperationProblem) in
                try await operations.consent(true, to: run, step: said.step, by: said.person)
            },
            order("deny", .approve, ["step"]) { (run, said) async throws(OperationProblem) in
                try await operations.consent(false, to: run, step: said.step, by: said.person)
            },
            order("resolve", .operate, ["step", "outcome"]) {
                (run, said) async throws(OperationProblem) in
                try await operations.resolve(
                    run, step: said.step, as: said.outcome ?? "", by: said.person)
            },
            order("signal", .operate, ["name"]) { (run, said) async throws(OperationProblem) in
                try await operations.signal(run, name: said.text("name") ?? "", by: said.person)
            },
            order("cancel", .operate, []) { (run, said) async throws(OperationProblem) in
                try await operations.cancel(run, by: said.person)
            },
        ]
    }

    // MARK: Orders

    /// `POST /v1/runs/RUN/WORD`, with the members that its body may have.
    private func order(
        _ word: String, _ access: Route.Access, _ members: [String],
        _ act: @escaping @Sendable (String, Said) async throws(OperationProblem) -> Operations.Done
    ) -> Route {
        Route("POST", "/v1/runs/:run/\(word)", access) { request, parameters in
            await answer { () async throws(OperationProblem) in
                let said = try await Said(request, operations, members: members)
                let done = try await act(parameters["run"] ?? "", said)
                var body: JSONObject = [
                    "run": .string(done.run), "by": .string(said.person.name),
                ]
                body["step"] = done.step.map(JSONValue.string)
                return .object(body)
            }
        }
    }

    private func answer(
        _ body: () async throws(OperationProblem) -> JSONValue
    ) async -> APIAnswer {
        do throws(OperationProblem) { return APIAnswer(200, try await body()) } catch {
            return .refusal(error)
        }
    }

    // MARK: Reading

    private func list(_ request: APIRequest) async -> APIAnswer {
        var filter = RunFilter(limit: 100)
        if let limit = request.query["limit"] {
            guard let limit = Int(limit), (1...1000).contains(limit) else {
                return .problem(400, "query", "limit is a number from 1 to 1000")
            }
            filter.limit = limit
        }
        switch request.query["state"] {
        case nil: break
        case "open"?: filter.phases = RunFilter.open
        case let word?:
            guard let phase = RunPhase(rawValue: word) else {
                return .problem(400, "query", "state '\(word)' is not open or a run's state")
            }
            filter.phases = [phase]
        }
        filter.incident = request.query["incident"]
        if let rule = request.query["rule"] { filter.choose(rule: rule) }
        do throws(StoreError) {
            let runs = try await store.runs(filter)
            return APIAnswer(
                200, ["schema_version": "1.0", "runs": .array(runs.map { .object($0.json) })])
        } catch {
            return .refusal(error)
        }
    }

    private func detail(_ id: String) async throws(OperationProblem) -> JSONValue {
        let (run, state, beganBy) = try await operations.find(id)
        var body = run.json
        body["schema_version"] = "1.0"
        body["began_by"] = .string(beganBy)
        body["approvals"] = .array(
            state.approvals.sorted { $0.key < $1.key }.map { step, approval in
                approval.json(of: step)
            })
        body["undecided"] = .array(
            state.calls.filter { $0.value.personAskedAt != nil && $0.value.decision == nil }
                .keys.sorted().map(JSONValue.string))
        body["calls"] = .array(
            state.calls.sorted { $0.key < $1.key }.map { path, call in call.json(of: path) })
        return .object(body)
    }
}

extension APIAnswer {
    static func refusal(_ problem: OperationProblem) -> APIAnswer {
        switch problem {
        case .notFound(let text): .problem(404, "not_found", text)
        case .invalid(let text): .problem(400, "invalid", text)
        case .conflict(let text): .problem(409, "conflict", text)
        case .forbidden(let text): .problem(403, "forbidden", text)
        case .busy(let text): .later(503, "busy", text, after: 5)
        case .store(let error): .refusal(error)
        }
    }
}
