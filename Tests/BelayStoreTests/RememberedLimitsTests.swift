import BelayCompiler
import BelayEngine
import BelayStore
import Cryptography
import Testing

/// What the writer remembers of the ledger is what its tables say, whatever happens to them, and when time jumps.
@Suite struct RememberedLimitsTests {
    /// A ledger as a question sees it, without what may be missing.
    private struct Seen: Equatable, Sendable {
        var entries: [LimitEntry]
        var targets: [String: String]
        var pauses: [Pause]

        init(_ limits: LimitState, since horizon: Timestamp) {
            entries = limits.entries.filter { $0.phase == .reserved || $0.at >= horizon }
            targets = limits.heldTargets
            pauses = limits.pauses
        }
    }

    @Test(arguments: 1...6) func whatIsRememberedIsWhatTheTablesSay(_ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let harness = try Harness(.sqlite)
        let store = try await harness.open()
        var runs: [String] = []
        var pauses: [String] = []
        for number in 0..<8 {
            runs.append("r\(number)")
            _ = try await store.runningRun("r\(number)", delivery: "d\(number)")
        }
        for _ in 0..<300 {
            let run = runs.randomElement(using: &random) ?? ""
            let writes = change(run, pauses.last, &random)
            do {
                let receipt = try await store.commit(StoreTransaction(writes))
                if case .record(let draft) = writes[0], draft.kind == .pauseSet {
                    pauses.append(try #require(receipt.records.first).id)
                } else if case .record(let draft) = writes[0], draft.kind == .pauseLifted {
                    pauses.removeLast()
                }
            } catch let error as StoreError {
                // A target that another run holds, or a record of a run that is unknown.
                guard error != .closed else { throw error }
            }
            let jump = Int.random(in: -40...200, using: &random)
            harness.world.advance(.seconds(jump < -30 ? jump * 100 : jump))
            let horizon = harness.world.now() - .seconds(Int.random(in: 0...20_000, using: &random))
            let remembered = try await store.decide { view throws(StoreError) in
                StoreProposal(
                    StoreTransaction([]),
                    Seen(try view.limits(committedSince: horizon), since: horizon))
            }.value
            let stored = Seen(try await store.limits(committedSince: horizon), since: horizon)
            #expect(remembered == stored)
        }
        #expect(try await !store.limits().entries.isEmpty)
    }

    private func change(
        _ run: String, _ pause: String?, _ random: inout SeededRandom
    ) -> [StoreWrite] {
        let kind = ["cooldown", "run_budget", "concurrency"].randomElement(using: &random) ?? ""
        let key = "k\(Int.random(in: 0..<4, using: &random))"
        func limit(_ kind: RecordKind, _ reason: String?, _ target: String?) -> StoreWrite {
            .record(RecordDraft(kind, run: run, target: target, reason: reason))
        }
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3: return [limit(.limitReserved, kind, key)]
        case 4, 5: return [limit(.limitCommitted, kind, Bool.random(using: &random) ? key : nil)]
        case 6: return [limit(.limitReleased, kind, Bool.random(using: &random) ? key : nil)]
        case 7: return [limit(.limitReleased, nil, nil)]
        case 8: return [limit(.limitReserved, "target", key)]
        case 9: return [limit(.limitReleased, "target", Bool.random(using: &random) ? key : nil)]
        case 10:
            // The second fails, so that the first is undone too.
            return [
                limit(.limitReserved, kind, key),
                .record(RecordDraft(.limitReserved, run: "nobody", target: key, reason: kind)),
            ]
        default:
            guard let pause, Bool.random(using: &random) else {
                return [.record(RecordDraft(.pauseSet, target: "runbook/\(key)"))]
            }
            return [.record(RecordDraft(.pauseLifted, causedBy: pause))]
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
