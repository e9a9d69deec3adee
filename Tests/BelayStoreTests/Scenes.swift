import BelayCompiler
import BelayEngine
import Cryptography
import JSON
import Testing

/// Things that a driver does, in short, for tests.
extension Store {
    /// Accepts one incident and returns its id.
    func incident(
        _ delivery: String = "d1", fingerprint: String = "f1", resolves: Bool = false,
        body: JSONValue = ["title": "Redis is full"]
    ) async throws -> String {
        let answers = try await accept(
            AcceptedDelivery(
                source: "alertmanager", actor: .source("alertmanager"),
                incidents: [
                    .sample(delivery, fingerprint: fingerprint, resolves: resolves, body: body)
                ]))
        return try #require(answers.first).id
    }

    /// Decides an incident with one run, which stays `ready`.
    func createRun(
        _ run: String = "r1", for incident: String, rule: String = "cache-any",
        and more: [StoreWrite] = []
    ) async throws {
        let program = ProgramText(Array("program".utf8))
        let draft = RecordDraft(
            .runCreated, incident: incident, run: run,
            runbook: RunbookReference(name: "cache", program: program.digest), rule: rule)
        try await commit(StoreTransaction([.program(program), .record(draft)] + more))
    }

    /// Accepts, decides and claims; the run is the caller's.
    func runningRun(_ run: String = "r1", delivery: String = "d1") async throws -> RunLease {
        try await createRun(run, for: try await incident(delivery, fingerprint: delivery))
        return try await claimed(run)
    }

    func claimed(_ run: String) async throws -> RunLease {
        let receipt = try await commit(StoreTransaction([.claim(run: run, for: .seconds(30))]))
        return try #require(receipt.leases.first)
    }

    /// One record of a run under its lease.
    @discardableResult
    func record(_ draft: RecordDraft, under lease: RunLease) async throws -> RecordReceipt {
        let receipt = try await commit(
            StoreTransaction(requires: [.lease(lease)], [.record(draft)]))
        return try #require(receipt.records.first)
    }

    func kinds(_ query: RecordQuery = RecordQuery()) async throws -> [String] {
        try await records(query).map(\.record.kind.rawValue)
    }

    func limits() async throws -> LimitState {
        try await limits(committedSince: Timestamp(microseconds: 0))
    }
}

extension NewIncident {
    static func sample(
        _ delivery: String, fingerprint: String = "f1", resolves: Bool = false,
        body: JSONValue = ["title": "Redis is full"]
    ) -> NewIncident {
        NewIncident(
            delivery: delivery, fingerprint: fingerprint,
            startedAt: Timestamp(microseconds: 1_772_330_000_000_000), resolvesProblem: resolves,
            content: SHA256.hash(body.canonicalBytes()), body: body)
    }
}

/// Runs the body and returns the store's error, `nil` if it went well.
func storeError(_ body: () async throws -> Void) async throws -> StoreError? {
    do {
        try await body()
        return nil
    } catch let error as StoreError {
        return error
    }
}

/// Recomputes every chain and the tree from what a store answers.
func checkLog(_ store: any Store) async throws {
    let records = try await store.records(RecordQuery(limit: .max))
    var heads: [String: Digest] = [:]
    for (place, stored) in records.enumerated() {
        #expect(stored.index == Int64(place))
        #expect(stored.record.prev == heads[stored.record.chain])
        #expect(stored.record.canonicalBytes() == stored.bytes)
        heads[stored.record.chain] = SHA256.hash(stored.bytes)
        for payload in stored.payloads {
            #expect(stored.record.commitment(payload.name) == payload.commitment)
        }
    }
    let signed = try await store.checkpoint(always: true)
    let tree = MerkleTree(leaves: records.map { MerkleHash.leaf($0.bytes) })
    #expect(signed?.checkpoint.root == tree.root)
    #expect(signed?.checkpoint.size == tree.size)
}
