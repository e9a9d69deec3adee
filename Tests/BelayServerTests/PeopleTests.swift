import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import Foundation
import JSON
import Testing

@testable import BelayServer

/// The file of people: what it keeps, who is let in by it, and that nobody is by a file that cannot be trusted.
@Suite struct PeopleTests {
    private static let now = LiveWorld().now()

    private final class Place: Sendable {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "belay-people-\(UUID().uuidString.prefix(8))")
        var file: PeopleFile { PeopleFile(path: url.path) }
        deinit { try? FileManager.default.removeItem(at: url) }
    }

    private static func token(
        _ name: String, _ roles: [Role], of text: String, until end: Timestamp? = nil
    ) -> PersonToken {
        PersonToken(
            name: name, roles: roles, hash: PersonToken.hash(of: text), createdAt: now,
            expiresAt: end)
    }

    @Test func whatIsWrittenComesBackAndHoldsNoToken() throws {
        let place = Place()
        #expect(try place.file.read().isEmpty)
        let text = PersonToken.make()
        var tokens = [
            Self.token("ann", [.approver, .operator], of: text, until: Self.now + .seconds(60)),
            Self.token("bo", [.viewer], of: "b"),
        ]
        tokens[1].revokedAt = Self.now
        try place.file.write(tokens)
        #expect(try place.file.read() == tokens)
        let kept = try String(contentsOf: place.url, encoding: .utf8)
        #expect(!kept.contains(text) && kept.contains(PersonToken.hash(of: text).hex))
        let mode = try FileManager.default.attributesOfItem(atPath: place.url.path)
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test func changesAtTheSameTimeAreAllKept() async throws {
        let place = Place()
        let names = (0..<16).map { "person-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                let token = Self.token(name, [.viewer], of: name)
                group.addTask { _ = try place.file.change { $0 + [token] } }
            }
            try await group.waitForAll()
        }
        #expect(Set(try place.file.read().map(\.name)) == Set(names))
    }

    @Test(arguments: [
        #"{"tokens": [{"name": "ann", "roles": ["admin"]}]}"#,
        #"{"tokens": [{"name": "ann", "roles": ["chief"], "sha256": "HASH", "created_at": "2026-03-01T02:00:00Z"}]}"#,
        #"{"tokens": [{"name": "ann", "roles": [], "sha256": "HASH", "created_at": "2026-03-01T02:00:00Z"}]}"#,
        #"{"tokens": [{"name": "ann", "roles": ["admin"], "sha256": "HASH", "created_at": "2026-03-01T02:00:00Z", "revoked_at": "soon"}]}"#,
        #"{"tokens": "#, "[]",
    ])
    func nobodyIsLetInByWhatCannotBeRead(_ text: String) throws {
        let place = Place()
        let hash = PersonToken.hash(of: "x").hex
        try Data(text.replacing("HASH", with: hash).utf8).write(to: place.url)
        chmod(place.url.path, 0o600)
        #expect(throws: PeopleFile.Problem.self) { try place.file.read() }
        guard case .unreadable = People(place.file, world: LiveWorld()).find(.of("x")) else {
            Issue.record("somebody was let in")
            return
        }
    }

    @Test func aFileThatOthersCanReadOrWriteCountsForNothing() throws {
        let place = Place()
        try place.file.write([Self.token("ann", [.admin], of: "x")])
        let people = People(place.file, world: LiveWorld())
        guard case .known = people.find(.of("x")) else {
            Issue.record("ann is known")
            return
        }
        for mode: mode_t in [0o640, 0o602] {
            let copy = Place()
            try copy.file.write([Self.token("ann", [.admin], of: "x")])
            chmod(copy.url.path, mode)
            let problem = #expect(throws: PeopleFile.Problem.self) { try copy.file.read() }
            #expect(problem?.message.contains("chmod 600") == true)
        }
    }

    @Test func whoIsRevokedOrLateIsOutWithTheNextRequest() throws {
        let place = Place()
        var tokens = [Self.token("ann", [.admin], of: "x")]
        let people = People(place.file, world: LiveWorld())
        guard case .unknown = people.find(.of("x")) else {
            Issue.record("there is no file yet")
            return
        }
        try place.file.write(tokens)
        guard case .known(let ann) = people.find(.of("x")), ann.name == "ann" else {
            Issue.record("ann is known")
            return
        }
        tokens[0].revokedAt = Self.now
        try place.file.write(tokens)
        guard case .revoked = people.find(.of("x")) else {
            Issue.record("ann was revoked")
            return
        }
        tokens[0].revokedAt = nil
        tokens[0].expiresAt = Self.now
        try place.file.write(tokens)
        guard case .expired = people.find(.of("x")) else {
            Issue.record("ann's time is over")
            return
        }
    }

    @Test func whatARoleMayDo() {
        let may: [Role: [Route.Access]] = [
            .viewer: [.open, .read], .operator: [.open, .read, .operate],
            .approver: [.open, .read, .approve],
            .admin: [.open, .read, .operate, .approve, .administer],
        ]
        for role in Role.allCases {
            for access: Route.Access in [.open, .read, .operate, .approve, .administer] {
                #expect(role.may(access) == may[role]?.contains(access), "\(role) \(access)")
            }
        }
    }
}

extension Digest {
    fileprivate static func of(_ text: String) -> Self { PersonToken.hash(of: text) }
}
