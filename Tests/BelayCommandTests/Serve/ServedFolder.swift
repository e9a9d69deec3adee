import Foundation

/// A folder with a runbook for the daemon: consent, then a repair that is told by a line in `ledger`.
enum ServedFolder {
    private static let standard = "echo repaired >>PLACE/ledger"

    static func make(repair: String = standard) throws -> Folder {
        let folder = try Folder()
        try folder.write(runbook(for: folder, repair: repair), to: "runbooks/web.yaml")
        try folder.write(environment, to: "runbooks/environments/here.yaml")
        return folder
    }

    static func runbook(for folder: Folder, repair: String = standard) -> String {
        template.replacing("REPAIR", with: repair).replacing("PLACE", with: folder.path)
    }

    private static let template = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: web, owner: team-platform}
        rules:
          - id: ask-first
            match: {type: DiskFull}
            steps:
              - id: repair
                uses: exec.run
                with: {command: [/bin/bash, -c, "REPAIR"]}
                approval: {from: [group/sre], timeout: 30m, on_timeout: deny}
          - id: at-once
            match: {type: ProcessDown}
            steps:
              - id: repair
                uses: exec.run
                with: {command: [/bin/bash, -c, "REPAIR"]}

        """

    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: here, owner: team-platform}
        targets: {web-7: {}, web-8: {}, web-9: {}}
        people: {groups: {sre: [ann, bo]}}
        mode: auto
        bind: {exec.run: {provider: exec, timeout: 2m}}

        """

    /// A delivery as Alertmanager makes them.
    static func delivery(_ name: String, of target: String = "web-7", start: String = "10:00:00")
        -> String
    {
        """
        {"version": "4", "groupKey": "{}:{alertname=\\"\(name)\\"}", "receiver": "belay",
         "status": "firing", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
         "externalURL": "http://alertmanager", "truncatedAlerts": 0,
         "alerts": [{"status": "firing", "fingerprint": "c0ffee0123456789",
           "labels": {"alertname": "\(name)", "severity": "critical", "belay_target": "\(target)"},
           "annotations": {"summary": "the disk is full"}, "generatorURL": "http://prometheus/graph",
           "startsAt": "2026-03-01T\(start)Z", "endsAt": "0001-01-01T00:00:00Z"}]}
        """
    }

    static func incident(_ type: String, of target: String, id: String) -> String {
        #"{"type": "\#(type)", "priority": "high", "target": "\#(target)", "id": "\#(id)"}"#
    }

    static func lines(_ folder: Folder, _ name: String = "ledger") -> Int {
        ((try? folder.text(name)) ?? "").split(separator: "\n").count
    }
}
