import BelayCompiler
import BelayEngine
import Cryptography
import JSON

/// The forms in which records leave the journal, one line each.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// Exact bytes with index and payloads: can be verified without this program.
    case jsonl
    /// CloudEvents 1.0, structured JSON.
    case cloudevents
    /// OpenTelemetry log records in OTLP JSON, one request a line.
    case otlp
}

/// Makes the lines of an export.
struct ExportLines {
    let format: ExportFormat
    /// The namespace of the types of CloudEvents.
    private static let typePrefix = "dev.belay."

    func line(_ stored: StoredRecord) -> [UInt8] {
        switch format {
        case .jsonl: Self.exact(stored)
        case .cloudevents: Array(Self.cloudEvent(stored).text().utf8)
        case .otlp: Array(Self.logRecord(stored).text().utf8)
        }
    }

    /// The record last and verbatim, so that its bytes can be cut out without parsing: they begin after the first
    /// `,"record":` and end before the last brace.
    private static func exact(_ stored: StoredRecord) -> [UInt8] {
        var payloads = JSONObject()
        for payload in stored.payloads {
            payloads[payload.name] = [
                "bytes": .string(String(decoding: payload.bytes, as: UTF8.self)),
                "salt": .string(Hex.encode(payload.salt)),
            ]
        }
        let head = JSONValue.object(payloads).text()
        return Array("{\"index\":\(stored.index),\"payloads\":\(head),\"record\":".utf8)
            + stored.bytes + [UInt8(ascii: "}")]
    }

    private static func cloudEvent(_ stored: StoredRecord) -> JSONValue {
        let record = stored.record
        var event: JSONObject = [
            "specversion": "1.0", "id": .string(record.id), "source": .string(record.log),
            "type": .string(typePrefix + record.kind.rawValue),
            "time": .string(record.at.rfc3339), "datacontenttype": "application/json",
        ]
        event["subject"] = (record.run ?? record.incident).map(JSONValue.string)
        event["data"] = parsed(stored)
        return .object(event)
    }

    private static func logRecord(_ stored: StoredRecord) -> JSONValue {
        let record = stored.record
        var log: JSONObject = [
            "timeUnixNano": .string("\(record.at.microseconds)000"),
            "severityNumber": .integer(severity(record)),
            "eventName": .string(record.kind.rawValue),
            "body": ["stringValue": .string(String(decoding: stored.bytes, as: UTF8.self))],
            "attributes": .array(attributes(record)),
        ]
        log["traceId"] = record.run.map { .string(traceID($0)) }
        log["spanId"] = spanID(record).map(JSONValue.string)
        return [
            "resourceLogs": [
                [
                    "resource": [
                        "attributes": .array([
                            attribute("service.name", "belay"), attribute("host.name", record.node),
                            attribute("service.instance.id", record.boot),
                        ])
                    ],
                    "scopeLogs": [
                        ["scope": ["name": "belay.journal"], "logRecords": [.object(log)]]
                    ],
                ]
            ]
        ]
    }

    private static func attributes(_ record: JournalRecord) -> [JSONValue] {
        [
            ("belay.record", record.id), ("belay.log", record.log),
            ("belay.actor", record.actor.description), ("belay.incident", record.incident),
            ("belay.run", record.run), ("belay.step", record.step), ("belay.rule", record.rule),
            ("belay.runbook", record.runbook?.name), ("belay.provider", record.provider),
            ("belay.outcome", record.outcome), ("belay.reason", record.reason),
            ("error.type", record.error?.class),
        ].compactMap { name, value in value.map { attribute(name, $0) } }
    }

    private static func attribute(_ name: String, _ value: String) -> JSONValue {
        ["key": .string(name), "value": ["stringValue": .string(value)]]
    }

    /// 9 is INFO, 13 WARN, 17 ERROR.
    private static func severity(_ record: JournalRecord) -> Int64 {
        switch record.kind {
        case .logForked, .stepUnknown: 17
        case .runLeaseLost, .guardrailDenied, .authDenied, .limitTripped: 13
        default: record.error == nil ? 9 : 13
        }
    }

    /// A run's id is a UUID; any other text is hashed.
    private static func traceID(_ run: String) -> String {
        let digits = run.filter { $0 != "-" }
        return Hex.decode(digits)?.count == 16
            ? digits : String(SHA256.hash(utf8: run).hex.prefix(32))
    }

    /// One span for each attempt.
    private static func spanID(_ record: JournalRecord) -> String? {
        guard let run = record.run, let step = record.step else { return nil }
        return String(SHA256.hash(utf8: "\(run)\n\(step)\n\(record.attempt ?? 1)").hex.prefix(16))
    }

    private static func parsed(_ stored: StoredRecord) -> JSONValue {
        (try? JSONParser.parse(stored.bytes)) ?? .null
    }
}
