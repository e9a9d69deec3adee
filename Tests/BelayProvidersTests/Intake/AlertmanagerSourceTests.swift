import BelayCompiler
import BelayEngine
import JSON
import Testing

@testable import BelayProviders

/// Real deliveries become one incident an alert; what is wrong is named.
@Suite struct AlertmanagerSourceTests {
    private let source = AlertmanagerSource()
    private let received = Timestamp(microseconds: 1_800_000_000_000_000)

    private func decode(
        _ document: JSONValue, _ words: [String: Priority] = [:]
    ) -> [Result<Incident, DeliveryError>] {
        source.decode(Delivery(document: document, receivedAt: received, priorities: words))
    }

    /// Alerts of each delivery that was recorded, and how many of them are resolved.
    private static let deliveries: [(name: String, alerts: Int, resolved: Int)] = [
        ("01-firing-group-of-three.json", 3, 0), ("02-firing-single-critical.json", 1, 0),
        ("03-firing-bearer-route.json", 1, 0), ("04-firing-max-alerts-truncated.json", 2, 0),
        ("05-firing-from-prometheus-nolabels.json", 1, 0),
        ("06-firing-from-prometheus-instancedown-two.json", 2, 0),
        ("07-mixed-one-resolved-two-firing.json", 3, 1), ("08-repeat-same-alert.json", 1, 0),
        ("09-resolved-remaining-two.json", 2, 2), ("10-resolved-single.json", 1, 1),
        ("11-mixed-from-prometheus-one-resolved.json", 2, 1),
    ]

    @Test func everyRecordedDeliveryIsRead() throws {
        let names = try Fixtures.names(in: "alertmanager", ending: ".json")
        #expect(names == Self.deliveries.map(\.name))
        for delivery in Self.deliveries {
            let document = try Fixtures.json("alertmanager/\(delivery.name)")
            #expect(source.recognises(document))
            #expect(BuiltinSources.all.filter { $0.recognises(document) }.count == 1)
            let incidents = try decode(document).map { try $0.get() }
            #expect(incidents.count == delivery.alerts, "\(delivery.name)")
            #expect(incidents.filter { $0.status == .resolved }.count == delivery.resolved)
            for incident in incidents {
                #expect((incident.resolvedAt != nil) == (incident.status == .resolved))
                #expect(incident.id.utf8.count == 64)
                #expect(incident.receivedAt == received)
            }
        }
    }

    @Test func theMembersAreMapped() throws {
        let document = try Fixtures.json("alertmanager/02-firing-single-critical.json")
        let incident = try #require(try decode(document).first?.get())
        #expect(incident.fingerprint == "640a2e6e1745b21e")
        #expect(incident.type == "HostOutOfDiskSpace")
        #expect(incident.priority == .critical)
        #expect(incident.target == "db-1:9100")
        #expect(incident.title == "Host out of disk space (instance db-1:9100)")
        #expect(incident.description == "Disk is almost full (< 10% left)\n  VALUE = 7.31")
        #expect(incident.startedAt.shortRFC3339 == "2026-11-23T22:18:54.639Z")
        #expect(incident.resolvedAt == nil)
        #expect(incident.links.map(\.title) == ["Source", "Alertmanager"])
        #expect(incident.details["receiver"] == "runbook-webhook")
    }

    /// A repeat is the same delivery, its resolution another one of the same problem.
    @Test func identityFollowsStatusAndStart() throws {
        let first = try #require(
            try decode(try Fixtures.json("alertmanager/02-firing-single-critical.json")).first?
                .get())
        let again = try #require(
            try decode(try Fixtures.json("alertmanager/08-repeat-same-alert.json")).first?.get())
        let resolved = try #require(
            try decode(try Fixtures.json("alertmanager/10-resolved-single.json")).first?.get())
        #expect(again.id == first.id)
        #expect(resolved.fingerprint == first.fingerprint)
        #expect(resolved.id != first.id)
    }

    private func alert(_ members: JSONObject) -> JSONValue {
        var alert: JSONObject = [
            "status": "firing", "labels": ["alertname": "A"], "startsAt": "2026-03-01T02:00:00Z",
            "fingerprint": "f",
        ]
        for member in members { alert[member.name] = member.value }
        return ["version": "4", "groupKey": "{}", "receiver": "r", "alerts": [.object(alert)]]
    }

    @Test func priorityComesFromSeverity() throws {
        let words: [(JSONValue, Priority, Bool)] = [
            ("CRITICAL", .critical, false), ("error", .high, false), ("warning", .medium, false),
            ("none", .info, false), ("page", .low, false), ("whatever", .medium, true),
            (.null, .medium, true),
        ]
        for (word, priority, isDefault) in words {
            let document = alert(["labels": ["alertname": "A", "severity": word]])
            let incident = try #require(try decode(document, ["Page": .low]).first?.get())
            #expect(incident.priority == priority, "\(word)")
            #expect((incident.labels["priority_defaulted"] == "true") == isDefault)
        }
    }

    @Test func theTargetIsWhatCanBeActedOn() throws {
        let cases: [(JSONObject, String?)] = [
            (["belay_target": "t", "instance": "i"], "t"),
            (["namespace": "n", "deployment": "d", "pod": "p", "instance": "i"], "n/d"),
            (["namespace": "n", "pod": "p"], "n/p"), (["namespace": "n", "node": "w1"], "w1"),
            (["service": "s", "instance": "i"], "s"), (["instance": "i", "job": "j"], "i"),
            (["job": "j"], nil),
        ]
        for (labels, target) in cases {
            let incident = try #require(try decode(alert(["labels": .object(labels)])).first?.get())
            #expect(incident.target == target)
        }
    }

    @Test func whatIsWrongIsNamed() {
        let cases: [(JSONValue, String)] = [
            ([], "$: a map is expected, found a list"),
            ([:], "alerts: missing; a list of alerts is expected"),
            (["alerts": 1], "alerts: a list is expected, found a number"),
            (["alerts": ["x"]], "alerts[0]: a map is expected, found text"),
            (
                alert(["status": "burning"]),
                "alerts[0].status: 'burning' is not one of firing, acknowledged, resolved"
            ),
            (alert(["status": 1]), "alerts[0].status: text is expected, found a number"),
            (
                alert(["startsAt": "yesterday"]),
                "alerts[0].startsAt: 'yesterday' is no time in RFC 3339, such as 2026-03-01T02:00:00Z"
            ),
            (
                alert(["startsAt": "0001-01-01T00:00:00Z"]),
                "alerts[0].startsAt: missing; a time is expected"
            ),
            (alert(["fingerprint": .null]), "alerts[0].fingerprint: missing; text is expected"),
            (alert(["labels": ["a": ["b"]]]), "alerts[0].labels.a: text is expected, found a list"),
        ]
        for (document, message) in cases {
            let errors = decode(document).compactMap { result -> String? in
                if case .failure(let error) = result { "\(error)" } else { nil }
            }
            #expect(errors == [message])
        }
    }

    @Test func oneBadAlertLeavesTheOthers() {
        let good = alert([:])["alerts"]?.arrayValue?[0] ?? .null
        let results = decode(["alerts": [good, 7, good]])
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
    }
}
