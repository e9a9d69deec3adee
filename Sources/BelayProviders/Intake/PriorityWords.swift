import BelayCompiler
import BelayEngine
import Cryptography
import JSON

/// The words by which senders tell how urgent a problem is.
enum PriorityWords {
    /// The environment's own words come first; the case of letters does not matter. Nil for an unknown word.
    static func priority(of word: String, _ own: [String: Priority]) -> Priority? {
        let word = word.lowercased()
        return own.first { $0.key.lowercased() == word }?.value ?? standard[word]
    }

    private static let standard: [String: Priority] = {
        let words: [(Priority, [String])] = [
            (
                .critical,
                [
                    "critical", "crit", "fatal", "emergency", "emerg", "alert", "disaster", "page",
                    "p1",
                ]
            ),
            (.high, ["error", "err", "high", "major", "p2"]),
            (
                .medium,
                ["warning", "warn", "average", "medium", "moderate", "minor", "p3", "ticket"]
            ),
            (.low, ["low", "notice", "p4"]),
            (.info, ["info", "informational", "debug", "none", "ok", "normal", "p5"]),
        ]
        let pairs = words.flatMap { entry in entry.1.map { ($0, entry.0) } }
        return Dictionary(uniqueKeysWithValues: pairs)
    }()
}

extension Incident {
    /// The identifier of a delivery whose source has none: the same state of the same problem is the same
    /// delivery, by whatever way it comes.
    static func madeID(
        source: String, fingerprint: String, status: IncidentStatus, startedAt: Timestamp
    ) -> String {
        let parts: JSONValue = [
            .string(source), .string(fingerprint), .string(status.rawValue),
            .string(startedAt.rfc3339),
        ]
        return SHA256.hash(parts.canonicalBytes()).hex
    }
}
