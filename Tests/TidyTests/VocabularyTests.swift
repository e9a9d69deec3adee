import BelayEngine
import Testing

@testable import BelayCompiler

/// Words that two modules must spell alike.
@Suite struct VocabularyTests {
    /// `retry: {errors: [...]}` takes the failures that a provider can answer with.
    @Test func failuresAreThoseOfTheEngine() {
        /// Failures that are no answer to an attempt, so that no attempt can follow.
        let own: Set<FailureClass> = [.expression, .cancelled, .interrupted]
        let words = FailureClass.allCases.filter { !own.contains($0) }.map(\.rawValue)
        #expect(Tables.errors.sorted() == words.sorted())
    }
}
