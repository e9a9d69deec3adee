import BelayEngine
import Cryptography

/// When and what to sign; the medium keeps the notes.
struct Checkpoints {
    /// At most one signature in this time while there is work.
    static let interval: Duration = .seconds(1)

    let signer: NoteSigner
    private(set) var last: SignedCheckpoint?
    private var signedAt: Duration?
    /// Why nothing may be signed; a person can lift it.
    var fork: String?

    init(signer: NoteSigner, last: SignedCheckpoint?, fork: String?) {
        self.signer = signer
        self.last = last
        self.fork = fork
    }

    /// The note to keep now, `nil` if it is too early or nothing is new.
    mutating func next(
        _ frontier: MerkleFrontier, uptime: Duration, always: Bool
    ) throws(StoreError) -> SignedCheckpoint? {
        if let fork { throw .forked(fork) }
        if !always {
            if last?.checkpoint.size == frontier.size { return nil }
            if let signedAt, uptime - signedAt < Self.interval { return nil }
        }
        signedAt = uptime
        let checkpoint = Checkpoint(
            origin: signer.name, size: frontier.size, root: frontier.root)
        let note = SignedNote(signing: checkpoint.text, by: signer).note
        return SignedCheckpoint(checkpoint: checkpoint, note: note)
    }

    /// Told once the note is kept outside the database too.
    mutating func kept(_ checkpoint: SignedCheckpoint) { last = checkpoint }
}
