import BelayCompiler
import BelayEngine
import JSON
import Testing

@testable import BelayProviders

/// Our own form: what an incident prints can be read again.
@Suite struct OwnFormSourceTests {
    private let source = OwnFormSource()
    private let received = Timestamp(microseconds: 1_800_000_000_000_000)

    private func decode(_ document: JSONValue) -> [Result<Incident, DeliveryError>] {
        source.decode(Delivery(document: document, receivedAt: received))
    }

    @Test func anIncidentSurvivesItsOwnForm() throws {
        var incident = TestCall.incident
        incident.metrics = ["memory_percent": 97.5, "keys": 12]
        incident.details = ["nodes": ["a", "b"], "free": ["x": .null]]
        incident.annotations = ["summary": "s"]
        incident.links = [IncidentLink(title: "Graph", url: "https://a.example/")]
        incident.resolvedAt = Timestamp(microseconds: 1_700_000_100_000_000)
        incident.service = "shop"
        incident.region = "eu"
        let document = JSONValue.object(incident.json)
        #expect(source.recognises(document))
        #expect(try decode(document).map { try $0.get() } == [incident])
    }

    @Test func theShortestIncidentIsAType() throws {
        let incident = try #require(try decode(["type": "Down"]).first?.get())
        #expect(incident.priority == .medium)
        #expect(incident.status == .firing)
        #expect(incident.source == "belay")
        #expect(incident.fingerprint == "Down")
        #expect(incident.startedAt == received)
        #expect(incident.id.utf8.count == 64)
    }

    @Test func listsAreSeveralIncidents() throws {
        #expect(decode([["type": "A"], ["type": "B"]]).count == 2)
        #expect(decode(["incidents": [["type": "A"], ["type": "B"]]]).count == 2)
        #expect(source.recognises(["incidents": [["type": "A"]]]))
        #expect(!source.recognises(["type": "A", "strange": 1]))
    }

    @Test func whatIsWrongIsNamed() {
        let cases: [(JSONValue, String)] = [
            (1, "$: a map is expected, found a number"), ([:], "type: missing; text is expected"),
            (["type": 7], "type: text is expected, found a number"),
            (
                ["type": "A", "severity": "high"],
                "severity: an incident has no such member; free data go under 'details'"
            ),
            (
                ["type": "A", "priority": "urgent"],
                "priority: 'urgent' is not one of critical, high, medium, low, info"
            ),
            (
                ["incidents": [["type": "A"], ["type": "A", "metrics": ["m": "1"]]]],
                "incidents[1].metrics.m: a number is expected, found text"
            ),
            (["type": "A", "links": [["title": "t"]]], "links[0].url: missing; text is expected"),
            (["type": "A", "labels": []], "labels: a map is expected, found a list"),
        ]
        for (document, message) in cases {
            let errors = decode(document).compactMap { result -> String? in
                if case .failure(let error) = result { "\(error)" } else { nil }
            }
            #expect(errors == [message])
        }
    }
}
