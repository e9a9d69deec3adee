import BelayCompiler
import BelayEngine
import JSON

/// The doors for incidents: one for our own form, one for each source.
struct IntakeRoutes: Sendable {
    let store: any Store
    let world: any World
    let supervisor: Supervisor
    let sources: [any IncidentSource]
    let backlog: Backlog
    let queueLimit: Int
    let metrics: Metrics
    let standing: Standing
    /// Called at named places so that tests can stop there.
    let failpoint: @Sendable (String) -> Void

    /// The name of the source whose form is our own.
    static let ownForm = "belay"

    var routes: [Route] {
        sources.map { source in
            let path =
                source.name == Self.ownForm ? "/v1/incidents" : "/v1/sources/\(source.name)"
            return Route("POST", path, .operate) { request, _ in await take(request, source) }
        }
    }

    private func take(_ request: APIRequest, _ source: any IncidentSource) async -> APIAnswer {
        guard standing.isAccepting else {
            var answer = APIAnswer.later(
                503, "draining", "the daemon is being stopped; nothing was accepted", after: 5)
            answer.closes = true
            return answer
        }
        guard backlog.value < queueLimit else {
            return .later(
                429, "queue_full", "\(queueLimit) incidents wait for a decision already", after: 5)
        }
        let document: JSONValue
        do throws(JSONError) { document = try request.json() } catch {
            return .problem(400, "json", "the body is no JSON: \(error)")
        }
        return await keep(delivery(of: document, from: source), source)
    }

    private func delivery(
        of document: JSONValue, from source: any IncidentSource
    ) -> AcceptedDelivery {
        let settings = supervisor.program.environment.sources[source.name]
        let priorities = (settings?.priorities ?? [:]).compactMapValues(Priority.init)
        let parts = source.decode(
            Delivery(document: document, receivedAt: world.now(), priorities: priorities))
        var delivery = AcceptedDelivery(
            source: source.name, actor: .source(RecordText.name(from: source.name)), incidents: [])
        for (index, part) in parts.enumerated() {
            switch part {
            case .success(let incident):
                delivery.incidents.append(NewIncident(settings?.measured(incident) ?? incident))
            case .failure(let error):
                delivery.rejected.append(RejectedPart(index: index, message: error.description))
            }
        }
        return delivery
    }

    private func keep(
        _ delivery: AcceptedDelivery, _ source: any IncidentSource
    ) async -> APIAnswer {
        let accepted: [Acceptance]
        failpoint("accept.before_commit")
        do throws(StoreError) { accepted = try await store.accept(delivery) } catch {
            metrics.add(.failures, [])
            return .refusal(error)
        }
        failpoint("accept.after_commit")
        backlog.add(accepted.count { if case .duplicate = $0 { false } else { true } })
        if !accepted.isEmpty { supervisor.ring() }
        for acceptance in accepted {
            metrics.add(.incidents, ["outcome", acceptance.word, "source", source.name])
        }
        if !delivery.rejected.isEmpty {
            metrics.add(.rejected, ["source", source.name], by: delivery.rejected.count)
        }
        return answer(accepted, delivery.rejected, source)
    }

    /// Senders that deliver a group for ever until they get a 2xx get one for what cannot be read, too: it is on
    /// record, and the same words would not be read better a second time.
    private func answer(
        _ accepted: [Acceptance], _ rejected: [RejectedPart], _ source: any IncidentSource
    ) -> APIAnswer {
        var body: JSONObject = [
            "incidents": .array(
                accepted.map { ["id": .string($0.id), "outcome": .string($0.word)] })
        ]
        if !rejected.isEmpty {
            body["rejected"] = .array(
                rejected.map {
                    ["index": .integer(Int64($0.index)), "message": .string($0.message)]
                })
        }
        guard source.name == Self.ownForm else { return APIAnswer(202, .object(body)) }
        if accepted.isEmpty, !rejected.isEmpty { return APIAnswer(422, .object(body)) }
        // Two things under one id: the sender must hear that the second was not acted on.
        if !accepted.isEmpty, accepted.allSatisfy(\.isOtherWords) {
            let error: JSONValue = [
                "code": "conflict",
                "message":
                    "accepted before under this id in other words; the first stand, these are on record",
            ]
            body["error"] = error
            return APIAnswer(409, .object(body))
        }
        return APIAnswer(202, .object(body))
    }
}

extension Acceptance {
    /// Whether its id was known with another body.
    fileprivate var isOtherWords: Bool { if case .updated = self { true } else { false } }

    /// `accepted`, `duplicate` or `updated`.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .updated: "updated"
        }
    }
}

extension APIAnswer {
    /// What a store's refusal means to a client: never a 2xx for what could be lost.
    static func refusal(_ error: StoreError) -> APIAnswer {
        switch error {
        case .notFound(let what): .problem(404, "not_found", "there is no \(what)")
        case .full: .later(503, "disk_full", "the disk is full; nothing was accepted", after: 30)
        case .closed: .later(503, "closed", "the daemon is being stopped", after: 5)
        case .decided, .grown, .leaseLost, .notWaiting, .targetHeld, .exists, .notFinal:
            .problem(409, "conflict", "\(error)")
        case .inUse, .forked, .newer, .broken, .damaged:
            .later(503, "store", "the journal cannot be written", after: 30)
        }
    }
}
