import Glibc
import Synchronization

extension Failpoints {
    /// For tests only: the process variable that sets failpoints, such as `effect.after=kill@3,timer.fire=wait:500`.
    package static let variable = "BELAY_TEST_FAILPOINTS"

    /// Reads the variable's text; an unset one sets nothing, and what cannot be read is an error, not nothing.
    package init(variable text: String?) throws(FailpointError) {
        guard let text else {
            self = .none
            return
        }
        var orders: [Failpoint: FailpointOrder] = [:]
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, let point = Failpoint(rawValue: sides[0]),
                let order = FailpointOrder(sides[1])
            else { throw FailpointError(text: String(part)) }
            orders[point] = order
        }
        let hits = FailpointHits(orders)
        self.init { hits.pass($0) }
    }
}

/// An order for a failpoint that cannot be read.
package struct FailpointError: Error, Sendable, Hashable, CustomStringConvertible {
    package var text: String
    package var description: String {
        "\(Failpoints.variable): '\(text)' is not of the form NAME=kill@N or NAME=wait:MILLISECONDS@N"
    }
}

/// What to do at a failpoint, from the first hit or only at the Nth.
private struct FailpointOrder: Sendable {
    private enum Deed: Sendable {
        case kill
        case wait(milliseconds: UInt32)
    }

    private let deed: Deed
    /// Counted from one; nil is every hit.
    private let hit: Int?

    /// `kill`, `kill@3`, `wait:500`, `wait:500@3`; anything else is nil.
    init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
        guard let order = parts.first else { return nil }
        if order == "kill" {
            deed = .kill
        } else if order.hasPrefix("wait:"), let time = UInt32(order.dropFirst(5)) {
            deed = .wait(milliseconds: time)
        } else {
            return nil
        }
        hit = parts.count == 2 ? Int(parts[1]) : nil
        if parts.count == 2, hit ?? 0 < 1 { return nil }
    }

    func carryOut(at hit: Int) {
        guard self.hit == nil || self.hit == hit else { return }
        switch deed {
        case .kill:
            kill(getpid(), SIGKILL)
            // The signal is on its way; nothing more may happen here.
            while true { pause() }
        case .wait(let milliseconds): usleep(milliseconds * 1000)
        }
    }
}

/// Counts how often each failpoint was passed.
private final class FailpointHits: Sendable {
    private let orders: [Failpoint: FailpointOrder]
    private let counts = Mutex<[Failpoint: Int]>([:])

    init(_ orders: [Failpoint: FailpointOrder]) { self.orders = orders }

    func pass(_ point: Failpoint) {
        guard let order = orders[point] else { return }
        let hit = counts.withLock { counts in
            counts[point, default: 0] += 1
            return counts[point, default: 0]
        }
        order.carryOut(at: hit)
    }
}
