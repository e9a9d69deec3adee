import CEL
import Testing

@Suite struct LimitsTests {
    private func kind(
        _ source: String, _ variables: [(String, CELValue)] = [], limits: CELLimits = .standard
    ) throws -> CELError.Kind? {
        if case .failure(let error) = try evaluate(source, variables, limits: limits) {
            return error.kind
        }
        return nil
    }

    @Test func nestedLoopsRunOutOfBudget() throws {
        let ten = "[0,1,2,3,4,5,6,7,8,9]"
        let loops = ["a", "b", "c", "d", "e", "f"]
        let source =
            loops.map { "\(ten).all(\($0), " }.joined() + "a + b >= 0"
            + String(repeating: ")", count: loops.count)
        #expect(try kind(source) == .costExceeded)
        #expect(try kind(source + " || true") == .costExceeded)
    }

    @Test func theBudgetNamesTheSubExpression() throws {
        let result = try evaluate("true && [1, 2, 3].all(x, x > 0)", limits: CELLimits(cost: 9))
        guard case .failure(let error) = result else {
            Issue.record("no error")
            return
        }
        #expect(error.kind == .costExceeded)
        #expect(error.range.lowerBound >= 8)
    }

    @Test func concatenationIsBounded() throws {
        let big = String(repeating: "x", count: 1 << 20)
        #expect(try kind("s + s + s", [("s", .string(big))]) == .sizeExceeded)
        #expect(try kind("s.replace('x', s)", [("s", .string(big))]) == .sizeExceeded)
        #expect(try kind("[s, s, s].join()", [("s", .string(big))]) == .sizeExceeded)
        #expect(
            try kind("l + l", [("l", .list(Array(repeating: .int(1), count: 60_000)))])
                == .sizeExceeded)
        let doubled = (0..<30).reduce("'0123456789'") { text, i in
            "cel.bind(v\(i), \(text), v\(i) + v\(i))"
        }
        let found = try kind(doubled)
        #expect(found == .sizeExceeded || found == .costExceeded)
    }

    @Test func sharedStructureIsComparedWithinTheBudget() throws {
        var source = "[1]"
        for i in 0..<40 { source = "cel.bind(v\(i), \(source), [v\(i), v\(i)])" }
        #expect(try kind("\(source) == \(source)") == .costExceeded)
        #expect(try kind("'%s'.format([\(source)])") == .sizeExceeded)
        #expect(try kind("sets.contains(\(source), \(source))") == .costExceeded)
    }

    @Test func setsAreMetered() throws {
        let list = CELValue.list((0..<5000).map { .int($0) })
        #expect(try kind("sets.contains(l, l)", [("l", list)]) == .costExceeded)
    }

    @Test(arguments: [
        ("x.a == 'SEV1'", 3), ("x.l.exists(k, k == 7)", 45), ("x.b.c > 0.5", 4),
        ("x.a in ['a', 'b']", 3),
    ])
    func units(_ source: String, _ units: Int) throws {
        let value = CELValue.map([
            "a": .string("SEV2"), "l": .list((1...7).map { .int($0) }),
            "b": .map(["c": .double(1)]),
        ])
        let enough = try kind(source, [("x", value)], limits: CELLimits(cost: units))
        #expect(enough == nil)
        #expect(
            try kind(source, [("x", value)], limits: CELLimits(cost: units / 2)) == .costExceeded)
    }
}
