/// One case of CEL's public conformance suite, in the JSON form of `cases.jsonl`.
public struct CELCase: Sendable {
    /// What running a case gives.
    public enum Outcome: Sendable {
        case passed
        /// With what was expected and what came.
        case failed(expected: String, got: String)
        /// With what it would need.
        case skipped(String)
    }

    /// The case's unique name.
    public let id: String
    /// The expression.
    public let source: String
    /// What it needs beyond the core.
    public let needs: [String]
    private let container: String
    private let isChecked: Bool
    private let isCheckOnly: Bool
    private let variables: [(name: String, type: CELType)]
    private let functions: [CELFunction]
    private let bindings: [(name: String, value: CELValue)]
    private let expectation: Expectation

    private struct Expectation: Sendable {
        var value: CELValue?
        var type: String?
        var isError = false
    }

    /// Reads a case; nil if the document is none.
    public init?(_ document: some CELCaseDocument) {
        guard let id = document.caseMember("id")?.caseText,
            let source = document.caseMember("expr")?.caseText,
            let expect = document.caseMember("expect")
        else { return nil }
        self.id = id
        self.source = source
        needs = document.caseMember("needs")?.caseItems?.compactMap(\.caseText) ?? []
        container = document.caseMember("container")?.caseText ?? ""
        isChecked = document.caseMember("disable_check")?.caseTruth != true
        isCheckOnly = document.caseMember("check_only")?.caseTruth == true
        guard needs.allSatisfy({ !Self.unsupported.contains($0) }) else {
            (variables, functions, bindings, expectation) = ([], [], [], Expectation())
            return
        }
        let declarations = document.caseMember("type_env")?.caseItems ?? []
        var declared = declarations.compactMap { CELCaseCoding.variable($0) }
        functions = declarations.compactMap { CELCaseCoding.function($0) }
        var bindings: [(name: String, value: CELValue)] = []
        for member in document.caseMember("bindings")?.caseMembers ?? [] {
            guard let value = CELCaseCoding.value(member.value) else { return nil }
            bindings.append((member.name, value))
            if !declared.contains(where: { $0.name == member.name }) {
                declared.append((member.name, .dyn))
            }
        }
        self.bindings = bindings
        variables = declared
        var expectation = Expectation()
        expectation.isError = expect.caseMember("error") != nil
        expectation.type = expect.caseMember("type")?.caseText
        if let value = expect.caseMember("value") {
            guard let decoded = CELCaseCoding.value(value) else { return nil }
            expectation.value = decoded
        }
        self.expectation = expectation
    }

    private static let unsupported: Set<String> = [
        "proto", "wrappers", "json_wkt", "any", "legacy_enums", "strong_enums", "block",
        "ext:protos",
    ]

    /// Runs the case.
    public func run() -> Outcome {
        if let missing = needs.first(where: { Self.unsupported.contains($0) }) {
            return .skipped(missing)
        }
        let environment = CELEnvironment(
            variables: variables, functions: functions, container: container)
        let program: CELProgram
        do throws(CELProgram.Invalid) {
            program = try CELProgram(source, environment, isChecked: isChecked)
        } catch {
            let messages = error.diagnostics.map(\.description).joined(separator: "; ")
            return verdict(expectation.isError, "invalid: " + messages)
        }
        if let type = expectation.type, type != program.type.description {
            return .failed(expected: "type " + type, got: "type " + program.type.description)
        }
        if isCheckOnly { return .passed }
        var activation = CELActivation(environment)
        for (name, value) in bindings { activation.bind(name, value) }
        switch program.evaluate(activation) {
        case .failure(let error):
            return verdict(expectation.isError, "error: " + error.message)
        case .success(let value):
            guard let expected = expectation.value, !expectation.isError else {
                return verdict(expectation.value == nil && !expectation.isError, "\(value)")
            }
            return verdict(CELCaseCoding.areSame(value, expected), "\(value)")
        }
    }

    private func verdict(_ passed: Bool, _ got: String) -> Outcome {
        if passed { return .passed }
        let expected = expectation.isError ? "an error" : expectation.value?.description ?? "a type"
        return .failed(expected: expected, got: got)
    }
}

/// The result of running many cases.
public struct CELCaseReport: Sendable {
    public private(set) var passed = 0
    public private(set) var failed = 0
    public private(set) var skipped = 0
    /// One line for each failure, with the expression, what was expected and what came.
    public private(set) var failures: [String] = []

    /// Nothing run yet.
    public init() {}

    /// Runs a case and counts it.
    public mutating func run(_ test: CELCase) {
        switch test.run() {
        case .passed: passed += 1
        case .skipped: skipped += 1
        case .failed(let expected, let got):
            failed += 1
            failures.append("FAIL \(test.id): \(test.source): expected \(expected), got \(got)")
        }
    }

    /// Counts a document that is no case as failed.
    public mutating func addUnreadable(_ name: String) {
        failed += 1
        failures.append("FAIL \(name): not a conformance case")
    }

    /// `N passed, N failed, N skipped`.
    public var summary: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }
}
