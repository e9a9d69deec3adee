import BelayCompiler
import BelayEngine
import BelayStore
import FoundationEssentials
import Glibc
import Testing

/// What only a file can have: modes, locks, versions, forks.
@Suite struct SQLiteStoreTests {
    private let folder: TemporaryFolder
    private let world = TestWorld()
    private var path: String { folder.path + "/journal.db" }

    init() throws { folder = try TemporaryFolder() }

    private func open() async throws -> SQLiteStore {
        try await SQLiteStore.open(path: path, world: world)
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func filesThatHoldSecretsArePrivate() async throws {
        let store = try await open()
        _ = try await store.checkpoint(always: true)
        for suffix in ["", "-wal", ".key", ".lock"] { #expect(try mode(path + suffix) == 0o600) }
        for suffix in [".vkey", ".checkpoint"] { #expect(try mode(path + suffix) == 0o644) }
        await store.close()
    }

    /// A process that dies between the two files must not leave a key whose signatures nobody can verify.
    @Test func aKeyIsKeptAfterItsVerifier() async throws {
        let obstacle = path + ".key.new"
        try FileManager.default.createDirectory(
            atPath: obstacle, withIntermediateDirectories: false)
        #expect(try await storeError { _ = try await open() } != nil)
        #expect(StoreFiles(path: path).knownVerifiers().count == 1)
        try FileManager.default.removeItem(atPath: obstacle)
        let store = try await open()
        _ = try await store.checkpoint(always: true)
        await store.close()
        let report = try AuditLog(path: path).verify()
        #expect(report.isSound, "\(report.faults)")
    }

    @Test func oneProcessAtATime() async throws {
        let store = try await open()
        store.announce(address: "127.0.0.1:7070")
        let error = try await storeError { _ = try await open() }
        guard case .inUse(let holder) = error else {
            Issue.record("opened twice: \(String(describing: error))")
            return
        }
        #expect(holder.contains(store.boot))
        #expect(holder.contains("127.0.0.1:7070"))
        await store.close()
        let next = try await open()
        await next.close()
    }

    @Test func newerAndStrangeFilesAreLeftAlone() async throws {
        await (try await open()).close()
        try Forger(path: path).sql("PRAGMA user_version = 99")
        #expect(try await storeError { _ = try await open() } == .newer(version: 99))
        let other = folder.path + "/other.db"
        try Forger(path: other).sql("CREATE TABLE notes(text TEXT)")
        let error = try await storeError {
            _ = try await SQLiteStore.open(path: other, world: world)
        }
        #expect(error == .damaged("the file is another program's database"))
    }

    @Test func aRestoredCopyIsNotSignedOver() async throws {
        do {
            let store = try await open()
            _ = try await store.incident()
            await store.close()
        }
        let old = try Data(contentsOf: URL(filePath: path))
        do {
            let store = try await open()
            _ = try await store.incident("d2")
            await store.close()
        }
        let signed = try #require(StoreFiles(path: path).keptNote())
        try old.write(to: URL(filePath: path))
        do {
            let store = try await open()
            #expect(store.fork != nil)
            #expect(try await store.kinds().last == "log.forked")
            let error = try await storeError { _ = try await store.checkpoint(always: true) }
            guard case .forked = error else {
                Issue.record("signed over a fork: \(String(describing: error))")
                return
            }
            await store.close()
        }
        #expect(StoreFiles(path: path).keptNote() == signed, "what was signed stays")
        let store = try await open()
        let before = try AuditLog(path: path).origin()
        try await store.acceptFork(by: .person("ann"))
        #expect(store.fork == nil)
        #expect(try AuditLog(path: path).origin() != before)
        _ = try await store.incident("d3")
        await store.close()
        let report = try JournalVerifier().verify(path: path)
        #expect(report.faults == [])
        #expect(report.checkpoint?.origin == (try AuditLog(path: path).origin()))
        let known = try JournalVerifier(remembered: [signed]).verify(path: path).faults.map(\.kind)
        #expect(known == [.notWhatWasSigned])
    }

    @Test func aLostKeyIsReplacedAndSaidSo() async throws {
        await (try await open()).close()
        try FileManager.default.removeItem(atPath: path + ".key")
        let store = try await open()
        #expect(try await store.kinds().contains("log.key_rotated"))
        await store.close()
        #expect(StoreFiles(path: path).knownVerifiers().count == 2)
        #expect(try JournalVerifier().verify(path: path).faults == [])
    }

    @Test func aGroupIsOneCommit() async throws {
        world.set(Failpoints { if $0 == .sequencerBatch { usleep(20000) } })
        let store = try await open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await store.commit(
                        StoreTransaction([.record(RecordDraft(.programLoaded, item: number))]))
                }
            }
            try await group.waitForAll()
        }
        let frames = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        #expect(try await store.records(RecordQuery()).count == 101)
        #expect(try #require(frames) < 101 * 4096 * 4, "each commit alone would write more pages")
        await store.close()
    }
}
