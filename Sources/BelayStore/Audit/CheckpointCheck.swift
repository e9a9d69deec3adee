import BelayEngine
import GRDB

/// Reads the checkpoints of a store and keeps those that a known key has signed.
struct CheckpointCheck {
    let keys: [NoteVerifier]
    private(set) var good: [SignedCheckpoint] = []
    private(set) var faults: [VerificationFault] = []

    init(keys: [NoteVerifier]) { self.keys = keys }

    /// Takes one note; `place` says where it was found.
    mutating func take(_ note: String, place: String) {
        guard let signed = SignedCheckpoint(note: note, keys: keys) else {
            faults.append(
                VerificationFault(
                    .badCheckpoint, index: Self.size(of: note), table: place,
                    "it is malformed, or no known key has signed it"))
            return
        }
        good.append(signed)
    }

    /// Takes the notes of a database in the order in which they were made: a tree never shrinks.
    mutating func take(_ notes: [String]) {
        var largest: Int64 = 0
        for note in notes {
            take(note, place: "checkpoint")
            guard let size = Self.size(of: note) else { continue }
            if size < largest {
                faults.append(
                    VerificationFault(
                        .shorterCheckpoint, index: size, table: "checkpoint",
                        "it follows one of \(largest) records"))
            }
            largest = max(largest, size)
        }
    }

    private static func size(of note: String) -> Int64? {
        (try? SignedNote(note)).flatMap { Checkpoint(text: $0.text) }?.size
    }
}
