import CEL
import Synchronization
import Testing

/// A record that counts how often its members are read.
private final class CountedRecord: CELObject {
    private let reads = Mutex(0)
    private static let table = CELFieldTable(["name", "labels"])

    var readCount: Int { reads.withLock { $0 } }
    var memberCount: Int { 2 }
    var memberNames: [String] { Self.table.names.map(\.text) }

    func member(_ name: CELName) -> CELValue? {
        reads.withLock { $0 += 1 }
        switch Self.table.index(of: name) {
        case 0: return .string("db-1")
        case 1: return .map(["env": .string("prod")])
        default: return nil
        }
    }
}

@Suite struct ProgramTests {
    @Test func objectsAreReadOnDemand() throws {
        let record = CountedRecord()
        let variables = [("r", CELValue.object(record))]
        #expect(try shown("r.name == 'db-1'", variables) == "true")
        #expect(record.readCount == 1)
        #expect(try shown("r.labels.env", variables) == "\"prod\"")
        #expect(try shown("has(r.name) && !has(r.nothing)", variables) == "true")
        #expect(try shown("'name' in r && !('x' in r)", variables) == "true")
        #expect(try shown("r == {'labels': {'env': 'prod'}, 'name': 'db-1'}", variables) == "true")
        #expect(try shown("r.map(k, k)", variables) == "[\"name\", \"labels\"]")
        #expect(try shown("r.transformList(k, v, k)", variables) == "[\"name\", \"labels\"]")
        #expect(try shown("r.?x.hasValue() || r[?'name'].hasValue()", variables) == "true")
        #expect(try shown("size(r)", variables) == "2")
        #expect(try shown("type(r) == map", variables) == "true")
    }

    @Test func callersFunctions() throws {
        let environment = CELEnvironment(
            variables: [("n", .dyn)],
            functions: [
                CELFunction(
                    "twice", overloads: [CELOverload(.int, result: .int)],
                    implementation: .unary { value throws(CELError) in
                        guard case .int(let number) = value, number < 100 else {
                            throw CELError(.invalidArgument, "too much")
                        }
                        return .int(2 * number)
                    }),
                CELFunction(
                    "success", overloads: [CELOverload(result: .bool)], implementation: .late),
            ])
        var activation = CELActivation(environment)
        activation.bind("n", .int(4))
        activation.bind(function: "success") { _ throws(CELError) in .bool(true) }
        func result(_ source: String) throws -> Result<CELValue, CELError> {
            try CELProgram(source, environment).evaluate(activation)
        }
        #expect(try result("success() && twice(n) == 8").get().truth == true)
        guard case .failure(let error) = try result("1 + twice(100)") else {
            Issue.record("no error")
            return
        }
        #expect(error.message == "too much" && error.range == 4..<14)
        activation.bind("n", .string("x"))
        guard case .failure(let other) = try result("twice(n)") else {
            Issue.record("no error")
            return
        }
        #expect(other.kind == .noSuchOverload)
        let bare = CELActivation(environment)
        guard case .failure(let third) = try CELProgram("success()", environment).evaluate(bare)
        else {
            Issue.record("no error")
            return
        }
        #expect(third.kind == .unbound)
    }

    @Test func references() throws {
        let environment = CELEnvironment(
            variables: [("incident", .dyn), ("steps", .dyn), ("now", .timestamp)],
            functions: [
                CELFunction(
                    "always", overloads: [CELOverload(result: .bool)], implementation: .late)
            ])
        let program = try CELProgram(
            "always() || steps.clear.output.x > 1 && incident.labels['env'] == 'p' "
                + "&& [1].all(now, now > 0) && steps[incident.id].ok", environment)
        #expect(program.calls("always") && !program.calls("failure"))
        #expect(
            program.paths.map(\.text) == [
                "steps.clear.output.x", "incident.labels.env", "steps", "incident.id",
            ])
        #expect(program.referencedNames == ["steps", "incident"])
        #expect(try CELProgram("1 + 1 == 2", environment).constant?.truth == true)
        #expect(program.constant == nil)
    }

    @Test func memberCallsOnVariablesAreNotFolded() throws {
        #expect(try shown("s.size() + [s.size()][0]", [("s", .string("abc"))]) == "6")
        #expect(try shown("a.b.size()", [("a", .map(["b": .string("abc")]))]) == "3")
    }

    @Test func conjuncts() throws {
        let environment = CELEnvironment(variables: [("i", .dyn)])
        let program = try CELProgram(
            "i.m.cpu >= 90.0 && 'db' == i.t && i.p in ['a', 'b'] && 1 + 1 < i.n", environment)
        let (found, isComplete) = program.conjuncts
        #expect(isComplete)
        #expect(
            found.map { "\($0.path.text) \($0.op.rawValue) \($0.constant)" } == [
                "i.m.cpu >= 90.0", "i.t == \"db\"", "i.p in [\"a\", \"b\"]", "i.n > 2",
            ])
        let partial = try CELProgram("i.a == 1 && (i.b == 2 || i.c)", environment).conjuncts
        #expect(partial.comparisons.count == 1 && !partial.isComplete)
    }

    @Test func drawing() throws {
        let environment = CELEnvironment(variables: [("result", .dyn)])
        let program = try CELProgram("result.value < 70", environment)
        var activation = CELActivation(environment)
        activation.bind("result", .map(["value": .int(71)]))
        let (result, trace) = program.explain(activation)
        #expect(try result.get().truth == false)
        #expect(
            trace.drawing(program.source) == """
                result.value < 70
                |      |     |
                |      71    false
                {"value": 71}
                """)
        let failing = try CELProgram("result.a == 1 || [1].exists(x, x > 1)", environment)
        let drawn = failing.explain(activation).trace.drawing(failing.source)
        #expect(drawn.contains("error: no such key: \"a\""))
        #expect(drawn.contains("false"))
    }

    @Test func traceHoldsEachSubExpression() throws {
        let environment = CELEnvironment(variables: [("x", .int)])
        let program = try CELProgram("x > 1 && [1, 2].exists(y, y == x)", environment)
        var activation = CELActivation(environment)
        activation.bind("x", .int(2))
        let trace = program.explain(activation).trace
        #expect(trace.entries.last?.range == 0..<33)
        #expect(trace.entries.filter { $0.loopDepth == 1 && $0.range == 26..<32 }.count == 2)
        #expect(!trace.isCut)
    }

    @Test func programsAreSharedBetweenTasks() async throws {
        let environment = CELEnvironment(variables: [("x", .int)])
        let program = try CELProgram("[1, 2, 3].map(y, y * x)[2]", environment)
        await withTaskGroup(of: Bool.self) { group in
            for i in 0..<64 {
                group.addTask {
                    var activation = CELActivation(environment)
                    activation.bind("x", .int(Int64(i)))
                    guard case .success(.int(let value)) = program.evaluate(activation) else {
                        return false
                    }
                    return value == 3 * Int64(i)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
