import CEL
import Testing

/// Where semantics are easy to get wrong, beyond what the conformance suite says.
@Suite struct SemanticsTests {
    @Test(arguments: [
        ("1/0 == 1 && false", "false"), ("1/0 == 1 || true", "true"),
        ("true || 1/0 == 1", "true"), ("dyn('x') || true", "true"),
        ("[0,1].exists(x, 6/x == 6)", "true"), ("[0, 1].all(x, x > 5 && 1/x > 0)", "false"),
        ("dyn(1) == 'a'", "false"), ("dyn(1) == 1u && dyn(1u) == 1.0", "true"),
        ("1 in [dyn(1.0)]", "true"), ("{1: 'a'}[dyn(1u)] + ['b'][dyn(0.0)]", "\"ab\""),
        ("dyn(0.0/0.0) in [0.0/0.0]", "false"), ("-9223372036854775808", "-9223372036854775808"),
        ("-7 / 2", "-3"), ("-7 % 2", "-1"), ("1.0 / 0.0", "double(\"Infinity\")"),
        ("size('e\\u0301')", "2"), ("'e\\u0301' == '\\u00e9'", "false"), ("size('🐱')", "1"),
        ("'a' < 'B'", "false"), ("cel.bind(x, 1/0, true || x > 0)", "true"),
        ("duration('1h30m') == duration('90m')", "true"), ("string(duration('90m'))", "\"5400s\""),
        ("string(duration('-1.5s'))", "\"-1.5s\""), ("duration('1m1ms1us1ns').getSeconds()", "60"),
        ("string(1e21)", "\"1e+21\""), ("string(0.1 + 0.2)", "\"0.30000000000000004\""),
        ("string(1234567.0)", "\"1.234567e+06\""), ("1234567.0", "1234567.0"),
        ("string(-0.0)", "\"-0\""), ("string(123456.0)", "\"123456\""),
        ("type(type(1)) == type", "true"), ("type(null) == null_type", "true"),
        ("[[1, 2], [3]].map(l, l.size())", "[2, 1]"),
        ("{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"),
        ("[1, 2, 3].map(x, x > 1, x * 10)", "[20, 30]"), ("!!!true", "false"), ("--5", "5"),
        ("optional.of(1).or(optional.of(1/0)).value()", "1"), ("optional.none().orValue(3)", "3"),
        ("{'a': {'b': 1}}.?a.?c.orValue(7)", "7"), ("has({'a': null}.a)", "true"),
        ("'a,b,,c'.split(',')", "[\"a\", \"b\", \"\", \"c\"]"),
        ("'abc'.split('', 2)", "[\"a\", \"bc\"]"),
        ("'abcabc'.replace('b', 'xx', 1)", "\"axxcabc\""), ("'ab'.replace('', '-')", "\"-a-b-\""),
        ("[{'n': 2}, {'n': 1}].sortBy(x, x.n).map(x, x.n)", "[1, 2]"),
        ("['bb', 'a'].sortBy(x, size(x))", "[\"a\", \"bb\"]"),
        ("''.split('')", "[\"\"]"), ("'aa'.replace('a', 'b', 9223372036854775807)", "\"bb\""),
        ("string(1.0 / 0.0)", "\"inf\""), ("math.sign(-0.0)", "0.0"),
        ("'ab'.replace('', '-', 2)", "\"-a-b\""),
        ("[3, 1, 2].sort()", "[1, 2, 3]"), ("[1, 1u, 2, 1.0].distinct()", "[1, 2]"),
        ("['b', 'a'].sort()", "[\"a\", \"b\"]"), ("[[1], [2, [3]]].flatten()", "[1, 2, [3]]"),
        ("lists.range(3)", "[0, 1, 2]"), ("[1,2,3,4].slice(1, 3)", "[2, 3]"),
        ("sets.contains([1, 2, 3], [2, 3])", "true"),
        ("sets.equivalent([1, 1, 2], [2, 1])", "true"),
        ("sets.intersects([1], [2])", "false"),
        ("[1, 2].first().value() + [1, 2].last().value()", "3"),
        ("base64.encode(b'a') + base64.encode(b'ab')", "\"YQ==YWI=\""),
        ("base64.decode('YWI')", "b\"ab\""), ("{'b': 1, 'a': 2}", "{\"b\": 1, \"a\": 2}"),
        ("timestamp(dyn('2024-02-29T23:59:60Z')) == timestamp(dyn('x')) || true", "true"),
        ("timestamp('2026-07-01T12:00:00Z').getHours('Europe/Paris')", "14"),
        ("timestamp('2026-01-01T12:00:00Z').getHours('Europe/Paris')", "13"),
        ("timestamp('2090-07-01T12:00:00Z').getHours('America/New_York')", "8"),
        ("timestamp('2090-01-01T12:00:00Z').getHours('Australia/Sydney')", "23"),
        ("string(timestamp('2026-01-01T00:00:00.120+01:00'))", "\"2025-12-31T23:00:00.12Z\""),
        ("int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"),
    ])
    func value(_ source: String, _ expected: String) throws {
        #expect(try shown(source) == expected)
    }

    @Test(arguments: [
        ("1/0 == 1 || false", CELError.Kind.divisionByZero), ("9223372036854775807 + 1", .overflow),
        ("-(-9223372036854775808)", .overflow), ("-9223372036854775808 / -1", .overflow),
        ("-9223372036854775808 % -1", .overflow), ("int(1e19)", .outOfRange),
        ("uint(-1)", .outOfRange), ("1 + dyn(1.0)", .noSuchOverload),
        ("dyn(1) % dyn(2.0)", .noSuchOverload),
        ("[0,1].exists_one(x, 6/x == 6)", .divisionByZero), ("{'a': 1}.b", .noSuchKey),
        ("has(dyn({'a': 1}).b.c)", .noSuchKey), ("has(dyn(1).a)", .noSuchOverload),
        ("dyn(1).?a", .noSuchOverload), ("[1][1]", .outOfRange),
        ("{dyn(1.5): 1}", .invalidArgument),
        ("{0: 1, dyn(0u): 2}", .invalidArgument), ("int('12abc')", .invalidArgument),
        ("string(b'\\xff')", .invalidArgument), ("'a'.matches(dyn('(?=a)'))", .invalidArgument),
        ("duration(dyn('1d'))", .invalidArgument),
        ("timestamp(dyn('2024-02-30T00:00:00Z'))", .invalidArgument),
        ("timestamp('2026-01-01T00:00:00Z').getHours('+2')", .invalidArgument),
        ("timestamp('2026-01-01T00:00:00Z').getHours('../etc/passwd')", .invalidArgument),
        ("uint('-0')", .invalidArgument), ("'%d'.format(['a'])", .invalidArgument),
        ("optional.none().value()", .invalidArgument),
        ("math.abs(-9223372036854775808)", .overflow),
        ("cel.bind(x, 1/0, x > 0)", .divisionByZero),
    ])
    func error(_ source: String, _ kind: CELError.Kind) throws {
        let result = try evaluate(source)
        guard case .failure(let error) = result else {
            Issue.record("\(source) gave \(result)")
            return
        }
        #expect(error.kind == kind, "\(error.message)")
        #expect(!error.range.isEmpty)
    }

    @Test func errorsNameTheSubExpression() throws {
        guard case .failure(let error) = try evaluate("1 == 1 && {'a': 1}['b'] > 2") else {
            Issue.record("no error")
            return
        }
        #expect(error.range == 10..<23)
        #expect(error.message == "no such key: \"b\"")
    }

    @Test func unboundVariablesAreErrors() throws {
        let environment = CELEnvironment(variables: [("x", .int)])
        let program = try CELProgram("x + 1", environment)
        let result = program.evaluate(CELActivation(environment))
        guard case .failure(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.kind == .unbound)
    }

    @Test func anActivationOfAnotherEnvironmentIsReadByName() throws {
        let wide = CELEnvironment(variables: [("a", .int), ("x", .int)])
        let narrow = CELEnvironment(variables: [("x", .int)])
        var activation = CELActivation(wide)
        let found = (activation.bind("x", .int(41)), activation.bind("y", .int(1)))
        #expect(found == (true, false))
        let value = try CELProgram("x + 1", narrow).evaluate(activation).get()
        #expect(value.description == "42")
    }

    @Test func unknownsPropagate() throws {
        let unknown = [("steps", CELValue.unknown("steps")), ("n", .int(2))]
        #expect(try shown("steps.clear.output > n", unknown) == "unknown(steps.clear.output)")
        #expect(try shown("n == 3 && steps.ok", unknown) == "false")
        #expect(try shown("steps.ok && n == 3", unknown) == "false")
        #expect(try shown("steps.ok && n == 2", unknown) == "unknown(steps.ok)")
        #expect(try shown("steps.ok && 1/0 == n", unknown) == "unknown(steps.ok)")
        #expect(try shown("[1, steps.a].size() + steps.b", unknown) == "unknown(steps.a, steps.b)")
        #expect(try shown("n > 1 ? n : steps.a", unknown) == "2")
        #expect(try shown("[1, 2].exists(x, x == n || steps.a)", unknown) == "true")
        #expect(try shown("string(steps[\"a\"])", unknown) == "unknown(steps.a)")
        #expect(try shown("has(steps.a.b)", unknown) == "unknown(steps.a.b)")
    }
}
