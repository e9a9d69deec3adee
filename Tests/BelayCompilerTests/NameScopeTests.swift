import CEL
import Testing

@testable import BelayCompiler

/// Copies of a scope share the checker's environment until one of them changes.
@Suite struct NameScopeTests {
    private func names(_ scope: NameScope) -> [String] { scope.environment.variables.map(\.name) }

    @Test func aNameAddedAfterTheFirstUseIsKnown() {
        let scope = NameScope(["a": .text])
        #expect(names(scope) == ["a"])
        #expect(names(scope.adding("b", .integer)) == ["a", "b"])
        #expect(names(scope) == ["a"])
    }

    @Test func statusFunctionsFollowTheFlag() {
        var scope = NameScope(["a": .text])
        let plain = scope.environment
        #expect(scope.environment === plain)
        scope.hasStatus = true
        #expect(scope.environment !== plain)
    }
}
