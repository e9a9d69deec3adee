import BelayEngine
import BelayStore
import FoundationEssentials
import Testing

/// What a store is kept on; each test of the conformance suite runs on all.
enum Medium: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite

    var testDescription: String { rawValue }
}

/// One store's medium, a folder of its own, and a world.
final class Harness {
    let medium: Medium
    let world = TestWorld()
    let folder: TemporaryFolder
    private let disk = MemoryDisk()

    init(_ medium: Medium) throws {
        self.medium = medium
        folder = try TemporaryFolder()
    }

    var path: String { folder.path + "/journal.db" }

    /// Opens the store, which keeps the folder. Before it is opened a second time the first must be closed, or
    /// dropped as `life` does.
    func open() async throws -> any Store {
        switch medium {
        case .memory: return try await disk.open(world: world)
        case .sqlite:
            let folder = folder
            world.set(Failpoints { _ in withExtendedLifetime(folder) {} })
            return try await SQLiteStore.open(path: path, world: world)
        }
    }

    /// Opens the store for one body and drops it without a clean stop, as if the process had been killed.
    func life<Value>(
        _ body: (any Store) async throws -> Value
    ) async throws -> Value {
        try await body(try await open())
    }
}

/// A folder that goes when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let name = "belay-store-\(UUID().uuidString)"
        path = FileManager.default.temporaryDirectory.appending(path: name).path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
