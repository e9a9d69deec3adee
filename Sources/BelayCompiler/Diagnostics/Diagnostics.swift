/// The findings collected while files are read and compiled; nothing stops at the first.
package struct Diagnostics: Sendable {
    /// The most that are kept; what comes after is only counted.
    package static let cap = 1_000

    private var kept: [Diagnostic] = []
    /// How many were dropped because of the cap.
    package private(set) var dropped = 0
    /// Whether one is an error, dropped ones included.
    package private(set) var hasErrors = false

    package init() {}

    package var isEmpty: Bool { kept.isEmpty }
    package var count: Int { kept.count }

    /// All that were kept, sorted by file and place, in order of appearance where these are equal.
    package var sorted: [Diagnostic] {
        kept.enumerated()
            .sorted { left, right in
                if left.element < right.element { return true }
                if right.element < left.element { return false }
                return left.offset < right.offset
            }
            .map(\.element)
    }

    /// Keeps a finding, or counts it once the cap is reached; what weighs more takes the place of what weighs less.
    package mutating func append(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        guard kept.count < Self.cap else {
            dropped += 1
            makeRoom(for: diagnostic)
            return
        }
        kept.append(diagnostic)
    }

    /// Drops the last of the lightest findings for one that weighs more.
    private mutating func makeRoom(for diagnostic: Diagnostic) {
        for severity in [Diagnostic.Severity.info, .warning] where severity != diagnostic.severity {
            if severity == .warning, diagnostic.severity == .info { return }
            if let place = kept.lastIndex(where: { $0.severity == severity }) {
                kept.remove(at: place)
                kept.append(diagnostic)
                return
            }
        }
    }

    package mutating func append(contentsOf others: Diagnostics) {
        for diagnostic in others.kept { append(diagnostic) }
        dropped += others.dropped
        hasErrors = hasErrors || others.hasErrors
    }

    /// How many of a severity were kept.
    package func count(of severity: Diagnostic.Severity) -> Int {
        kept.count { $0.severity == severity }
    }
}
