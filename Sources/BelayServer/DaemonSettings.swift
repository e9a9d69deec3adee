/// How a daemon is to run.
package struct DaemonSettings: Sendable {
    /// Where it listens; port 0 is any free one.
    package var host = "127.0.0.1"
    package var port = 8421
    /// What clients must bear.
    package var token: [UInt8]
    /// The tokens of people; nil: nobody has one.
    package var people: PeopleFile?
    /// So many incidents may wait for a decision; more get 429.
    package var queueLimit = 10_000
    package var connectionLimit = 1024
    /// How long calls under way may take to end when it is stopped.
    package var drain: Duration = .seconds(10)
    /// How long anchors may take for the last checkpoint, after that.
    package var anchorDrain: Duration = .seconds(5)
    /// `trace`, `debug`, `info`, `notice`, `warning`, `error`.
    package var logLevel = "info"
    /// Called at named places so that tests can stop there; does nothing otherwise.
    package var failpoint: @Sendable (String) -> Void = { _ in }

    package init(token: [UInt8]) { self.token = token }
}
