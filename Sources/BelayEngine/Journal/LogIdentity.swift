package import Crypto

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

    /// The hash of a key within a source: fingerprints and delivery ids.
    package func hash(_ key: String, of source: String) -> Digest {
        HMACSHA256.authenticate(Array(source.utf8) + [0] + Array(key.utf8), key: pepper)
    }
}
