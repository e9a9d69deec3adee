/// What an action does to the world; the order is that of harm.
package enum Effect: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Looks only.
    case read
    /// Tells people.
    case notify
    /// Changes something that can be changed back or heals by itself.
    case change
    /// Takes something away for good.
    case destroy

    /// Whether limits, leases, pauses and guardrails hold this action back.
    package var isChange: Bool { self >= .change }

    package static func < (left: Effect, right: Effect) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self)! }
}

/// What may be done when a call's answer was lost; the order is from the most to the least forgiving.
package enum RecoveryClass: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Has no effect: call again.
    case pure
    /// Doing it twice is doing it once: call again.
    case idempotent
    /// The provider recognises the idempotency key: call again with the same key.
    case keyed
    /// A read-only question tells whether it happened: ask first.
    case probe
    /// Must not start twice: ask the step's `verify` or a person.
    case once

    /// Whether a lost answer may be answered by another call with the same key.
    package var mayRepeat: Bool { self <= .keyed }

    package static func < (left: RecoveryClass, right: RecoveryClass) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self)! }
}
