package import BelayEngine

/// What came of reading the program anew.
package enum Reload: Sendable {
    case loaded(SupervisedProgram)
    /// Why the old one stays: what a person is told, and how many findings there are.
    case rejected(String, findings: Int)
}
