import Foundation
import Testing

/// The real program, killed and starved; the long form of the first is `make crash`.
@Suite(.serialized) struct CrashTests {
    private static let scripts = Repository.root.appending(path: "scripts/crash").path

    private func harness(_ script: String, _ arguments: String...) async throws -> Belay.Answer {
        let python = "/usr/bin/env"
        return try await Belay.execute(
            python, ["python3", "\(Self.scripts)/\(script)", Belay.path] + arguments,
            in: try Folder())
    }

    /// Faults 1 to 6, 8, 33 and 35: killed at each failpoint and at some thirty writes.
    @Test func killedAnywhereNothingIsLostOrRepeated() async throws {
        let answer = try await harness("run.py", "--short")
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let counts = answer.lastLine.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
        try #require(counts.count == 3, "\(answer.output)")
        #expect(counts[0] >= 30)
        #expect(counts[1] * 2 > counts[0], "most points were reached")
        #expect(counts[2] == 0)
    }

    /// The daemon, killed at each failpoint while senders deliver, a program is read anew and the end is ordered.
    @Test func theDaemonKilledAnywhereKeepsWhatItAnswered() async throws {
        let answer = try await harness("served.py", "--short")
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(answer.lastLine == "15 tried, 15 killed, 0 wrong", "\(answer.output)")
    }

    /// Faults 9, 10, 26 and 32.
    @Test func aFailingDiskStopsEffectsInWords() async throws {
        let answer = try await harness("faults.py")
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(answer.lastLine == "4 faults, 0 wrong")
    }

    @Test func aMisspeltFailpointIsNotPassedOver() async throws {
        let folder = try Folder()
        try folder.write("", to: "j.db")
        let answer = try await Belay.run(
            "audit", "forget", "nothing", "--by", "ann", "--store", "j.db", in: folder,
            variables: ["BELAY_TEST_FAILPOINTS": "effect.befor=kill"])
        #expect(answer.status != 0)
        #expect(answer.errors.contains("'effect.befor=kill' is not of the form"))
    }
}
