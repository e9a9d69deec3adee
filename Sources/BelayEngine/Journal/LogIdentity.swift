package import Cryptography

/// What every record of one opening has in common, and the pepper that hides keys.
package struct LogIdentity: Sendable {
    /// The log's origin.
    package var log: String
    package var node: String
    package var boot: String
    /// Keys the hashes of targets, limit keys and fingerprints: as long as the log, in the database only.
    package var pepper: [UInt8]

    package init(log: String, node: String, boot: String, pepper: [UInt8]) {
        self.log = log
        self.node = node
        self.boot = boot
        self.pepper = pepper
    }

    /// The hash under which records know a key.
    package func hash(_ key: String) -> Digest {
        HMACSHA256.authenticate(Array(key.utf8), key: pepper)
    }

    /// What makes two reports of a source the same problem.
    package func hash(fingerprint: String, of source: String) -> Digest {
        hash("fingerprint", source, fingerprint)
    }

    /// What makes two deliveries of a source the same.
    package func hash(delivery: String, of source: String) -> Digest {
        hash("delivery", source, delivery)
    }

    private func hash(_ kind: String, _ source: String, _ key: String) -> Digest {
        HMACSHA256.authenticate(
            Array(kind.utf8) + [0] + Array(source.utf8) + [0] + Array(key.utf8), key: pepper)
    }
}
