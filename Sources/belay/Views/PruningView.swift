import BelayCompiler
import BelayEngine
import BelayStore

/// What a pruning of records takes or took, and what held it back.
struct PruningView {
    let text: String

    /// What would be erased.
    init(_ plan: ErasablePayloads) {
        guard plan.payloads > 0 else {
            text = "no payloads to erase"
            return
        }
        let amount =
            Self.count(Int64(plan.payloads), "payload") + " of "
            + Self.count(Int64(plan.incidents), "incident")
        text = "\(amount) would be erased\nnothing was changed: say it again with --yes"
    }

    /// What would go.
    init(_ plan: PruningPlan) {
        guard plan.records > 0 else {
            text = (["nothing can be pruned" + Self.past(plan)] + Self.limits(plan))
                .joined(separator: "\n")
            return
        }
        text =
            ([Self.range(plan) + " would go" + Self.past(plan), Self.amount(plan)]
            + Self.limits(plan) + [Self.rest, "nothing was changed: say it again with --yes"])
            .joined(separator: "\n")
    }

    /// What went.
    init(_ result: PruningResult) {
        let plan = result.plan
        guard plan.records > 0 else {
            text = (["nothing was pruned" + Self.past(plan)] + Self.limits(plan))
                .joined(separator: "\n")
            return
        }
        let space =
            switch result.notCompacted {
            case nil:
                "  the file: \(Self.size(result.bytesBefore)) before, \(Self.size(result.bytesAfter)) now"
            case .full?:
                "  the space serves new records, but was not given back: the disk is too full to write the file anew"
            case let error?:
                "  the space serves new records, but was not given back: \(error)"
            }
        text =
            ([Self.range(plan) + " went" + Self.past(plan), Self.amount(plan), space]
            + Self.limits(plan) + [Self.rest]).joined(separator: "\n")
    }

    private static let rest =
        "  the hash of each stays, its checkpoint, and by what a repeated delivery is recognised"

    private static func range(_ plan: PruningPlan) -> String {
        "records \(plan.pruned) to \(plan.cut - 1) of \(plan.size)"
    }

    private static func past(_ plan: PruningPlan) -> String {
        plan.pruned > 0 ? ", \(plan.pruned) went before" : ""
    }

    private static func amount(_ plan: PruningPlan) -> String {
        let until = plan.until.map { ", the last of \($0.rfc3339)" } ?? ""
        return "  "
            + [
                count(plan.records, "record"), count(plan.payloads, "payload"),
                count(plan.runs, "ended run"), count(plan.programs, "program"),
            ].joined(separator: ", ") + ": \(size(plan.bytes))" + until
    }

    private static func limits(_ plan: PruningPlan) -> [String] {
        if let obstacle = plan.obstacle {
            return ["  held back before record \(obstacle.index): \(obstacle.what)"]
        }
        guard plan.cut < plan.asked else { return [] }
        return [
            "  records up to \(plan.asked - 1) were asked for: the cut is at a signed checkpoint"
        ]
    }

    private static func count(_ count: Int64, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func size(_ bytes: Int64) -> String {
        bytes < 10_000
            ? "\(bytes) bytes"
            : bytes < 10_000_000
                ? "\(bytes / 1000) kB"
                : "\(bytes / 1_000_000) MB"
    }
}
