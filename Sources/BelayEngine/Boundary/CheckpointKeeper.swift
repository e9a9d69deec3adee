package import BelayCompiler

/// Puts checkpoints of one journal into places that whoever holds the journal cannot reach.
package protocol CheckpointKeeper: Sendable {
    /// Puts the newest signed checkpoint there, unless the place has it. The place is asked first what it has, where
    /// that is possible: a journal that does not continue it is kept out, and nothing of the place is overwritten.
    ///
    /// - Parameters:
    ///   - token: what an address is shown; its value is looked up each time, so that a new one needs no new start.
    ///   - kept: what was put there last; it is not put there twice.
    /// - Returns: nil while nothing is signed.
    func keep(
        in place: AnchorPlace, token: AnchorToken?, after kept: SignedCheckpoint?
    ) async throws(AnchorFailure) -> KeptCheckpoint?
}

/// A checkpoint that a place has.
package struct KeptCheckpoint: Sendable, Hashable {
    package var signed: SignedCheckpoint
    /// Whether it was put there only now.
    package var isNew: Bool

    package init(_ signed: SignedCheckpoint, isNew: Bool) {
        self.signed = signed
        self.isNew = isNew
    }
}

/// Why a checkpoint could not be kept somewhere.
package struct AnchorFailure: Error, Sendable, Hashable {
    /// The place has what this journal does not continue: one of the two is not what it was.
    package var isForeign: Bool
    /// What happened, and where.
    package var message: String
    /// What a person does about it.
    package var help: String?

    package init(_ message: String, isForeign: Bool = false, help: String? = nil) {
        self.message = message
        self.isForeign = isForeign
        self.help = help
    }
}
