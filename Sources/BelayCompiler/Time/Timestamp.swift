/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (time: Timestamp, length: Duration) -> Timestamp {
        Timestamp(microseconds: time.microseconds + length.microseconds)
    }

    package static func - (time: Timestamp, length: Duration) -> Timestamp {
        Timestamp(microseconds: time.microseconds - length.microseconds)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension Duration {
    /// The length in whole microseconds, rounded towards zero.
    package var microseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }

    /// The length in whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 { microseconds / 1000 }
}
