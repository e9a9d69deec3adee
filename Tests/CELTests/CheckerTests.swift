import CEL
import Testing

@Suite struct CheckerTests {
    private let environment: CELEnvironment = {
        let incident = CELObjectType(
            "incident",
            fields: [
                ("priority", .string), ("service", .string), ("labels", .map(.string, .string)),
                ("metrics", .map(.string, .double)), ("details", .dyn), ("started_at", .timestamp),
                ("hosts", .list(.object(CELObjectType("host", fields: [("cpu", .double)])))),
            ])
        return CELEnvironment(
            variables: [("incident", .object(incident)), ("now", .timestamp), ("n", .int)],
            functions: [
                CELFunction(
                    "window", overloads: [CELOverload(.string, result: .bool)],
                    implementation: .late)
            ], numericComparisons: .cross)
    }()

    @Test(arguments: [
        ("incident.priority", "string"), ("incident.labels.env", "string"),
        ("incident.labels.?env", "optional_type(string)"),
        ("now - incident.started_at", "google.protobuf.Duration"),
        ("incident.hosts.filter(h, h.cpu > 1)", "list(host)"), ("incident.details.x.y[0]", "dyn"),
        ("[1, 2].map(x, string(x))", "list(string)"), ("{'a': [1]}", "map(string, list(int))"),
        ("n > 0 ? 'a' : 'b'", "string"), ("incident.metrics.cpu > 3", "bool"),
        ("window('freeze')", "bool"), ("dyn(1) + 2", "int"), ("[1, 'a']", "list(dyn)"),
        ("{'a': 1}.transformMap(k, v, k + string(v))", "map(string, string)"),
        ("math.greatest(1, 2, 3)", "int"), ("n in [1.0, 2.0]", "bool"), ("[]", "list(dyn)"),
        ("type(n) == int", "bool"), ("incident.hosts[0].cpu", "double"),
    ])
    func deduced(_ source: String, _ type: String) throws {
        #expect(try CELProgram(source, environment).type.description == type)
    }

    @Test(arguments: [
        ("incident.prioritty == 'x'", "9..<18: incident has no field \"prioritty\"", "priority"),
        ("incidnet.priority", "0..<8: undeclared name \"incidnet\"", "incident"),
        (
            "incident.service.startWith('a')", "17..<26: undeclared function \"startWith\"",
            "startsWith"
        ),
        ("math.greatst(1, 2)", "5..<12: undeclared function \"math.greatst\"", "greatest"),
        ("incident.metrics.cpu + 1", "0..<24: '+' cannot take double and int", "double(1)"),
    ])
    func fixable(_ source: String, _ expected: String, _ replacement: String) {
        let found = mistakes(source, environment)
        #expect(found.map { "\($0.range): \($0.message)" } == [expected])
        #expect(found.first?.fix?.replacement == replacement)
        #expect(found.first?.help != nil)
    }

    @Test(arguments: [
        ("n && true", "0..<1: each side of '&&' and '||' must be bool, found int"),
        ("n + 'a'", "0..<7: '+' cannot take int and string"),
        ("incident.priority > 3", "0..<21: '>' cannot take string and int"),
        ("n ? 1 : 2", "0..<1: the condition before '?' must be bool, found int"),
        ("n.x", "2..<3: int has no fields"),
        ("n.all(x, true)", "0..<1: all() goes over a list or a map, found int"),
        ("window(1)", "0..<9: window() cannot be called with (int)"),
        ("'a'.matches('(?=a)')", "12..<19: invalid pattern: invalid perl operator: (?="),
        ("duration('1d') > duration('1s')", "9..<13: \"1d\" is no duration"),
        ("A{b: 1} == 1", "0..<7: messages such as A{…} are not supported"),
        ("{1.5: 2}", "1..<4: a map's key is bool, int, uint or string, found double"),
        ("incident.hosts['a']", "15..<18: the index must be int, found string"),
        ("[1].map(x, y)", "11..<12: undeclared name \"y\""),
        ("!n", "1..<2: '!' needs bool, found int"),
        ("n ? 'a' : 1", "0..<1: the condition before '?' must be bool, found int"),
    ])
    func refused(_ source: String, _ expected: String) {
        let found = mistakes(source, environment).map { "\($0.range): \($0.message)" }
        #expect(found.contains(expected), "\(found)")
    }

    @Test func strictComparisonsKeepNumberTypesApart() {
        let strict = CELEnvironment(variables: [("n", .int)])
        #expect(mistakes("n < 1.5", strict).count == 1)
        #expect(mistakes("n == 1.5", strict).count == 1)
        #expect(mistakes("n < 1.5 && n == 1.5", environment).isEmpty)
        #expect(mistakes("n < 1.5 ? n + 1.5 > 1.0 : true", environment).count == 1)
    }

    @Test func severalMistakesAreFoundTogether() {
        #expect(mistakes("incident.a + incident.b == n.c", environment).count == 3)
    }

    @Test func librariesCanBeOff() {
        let bare = CELEnvironment(variables: [("m", .map(.string, .int))], libraries: [])
        for source in [
            "m.?a.hasValue()", "'a'.trim()", "math.abs(1)", "cel.bind(x, 1, x)",
            "m.all(k, v, v > 0)", "ip('::1')", "[?m.?a]", "sets.contains([1], [1])",
        ] {
            #expect(!mistakes(source, bare).isEmpty, "\(source)")
        }
        #expect(mistakes("m.all(k, k.startsWith('a')) && size(m) > 1", bare).isEmpty)
    }
}
