/// Every kind of finding that Belay has, by code.
package enum DiagnosticCodes {
    package static let all: [DiagnosticCode] = [
        .syntax, .duplicateKey, .unknownKey, .implicitType, .missingUnit, .deprecatedKey,
        .aliasBudget,
        .tooDeep, .fileTooLarge, .customTag, .mergeKey, .multipleDocuments, .tabIndentation,
        .undefinedAlias, .aliasCycle, .unreadableCharacter, .bidiCharacter, .emptyDocument,
        .complexKey,
        .missingKey, .wrongKind, .invalidValue, .unknownValue, .invalidName, .duplicateName,
        .unknownKind, .unsupportedVersion, .conflictingKeys, .nulCharacter,
        .unknownAction, .unknownInput, .missingInput, .inputType,
        .unknownProvider, .unboundAction, .weakRecovery, .nobodyApproves,
        .unsetVariable, .noTargets,
        .unknownField, .expressionInExpression, .expressionType, .expressionSyntax,
        .unquotedExpression, .unclosedTemplate, .templateNotAllowed, .emptyExpression,
        .unreachableRule, .overlappingRules, .neverTrue, .emptyMatch, .noCatchAll,
        .missingTimeout, .retryNotIdempotent, .secretInClear, .silentFailure, .unboundedBlastRadius,
        .unverifiedChange, .changeWithoutCooldown, .incidentTextInCommand,
        .irreversibleWithoutApproval,
        .chainCycle, .outputBeforeStep, .unusedChain, .feedbackLoop,
        .ruleWithoutTest, .unusedMock, .unknownIncident,
    ]

    /// The kind with a code such as `RB1003`, or with a name such as `unknown-key`.
    package static func find(_ text: String) -> DiagnosticCode? {
        all.first { $0.code == text.uppercased() || $0.name == text }
    }
}

/// RB10xx: the text of a file.
extension DiagnosticCode {
    package static let syntax = DiagnosticCode(
        "RB1001", "syntax", .error, "the file is not well-formed YAML")
    package static let duplicateKey = DiagnosticCode(
        "RB1002", "duplicate-key", .error, "a key is set twice in one map")
    package static let unknownKey = DiagnosticCode(
        "RB1003", "unknown-key", .error, "a key that the language does not have at this place")
    package static let implicitType = DiagnosticCode(
        "RB1004", "implicit-type", .warning,
        "a plain scalar that YAML 1.1 tools read as something else")
    package static let missingUnit = DiagnosticCode(
        "RB1005", "missing-unit", .error, "a duration, size or percentage without its unit")
    package static let deprecatedKey = DiagnosticCode(
        "RB1006", "deprecated-key", .warning, "a key that has a new name")
    package static let aliasBudget = DiagnosticCode(
        "RB1007", "alias-budget", .error, "aliases that expand to more than 100,000 nodes")
    package static let tooDeep = DiagnosticCode(
        "RB1008", "too-deep", .error, "lists and maps nested more than 32 levels deep")
    package static let fileTooLarge = DiagnosticCode(
        "RB1009", "file-too-large", .error, "a file of more than 1 MiB")
    package static let customTag = DiagnosticCode(
        "RB1010", "custom-tag", .error, "a YAML tag; a value's type comes from where it stands")
    package static let mergeKey = DiagnosticCode(
        "RB1011", "merge-key", .error, "the merge key `<<`, which hides what a map holds")
    package static let multipleDocuments = DiagnosticCode(
        "RB1012", "multiple-documents", .error, "more than one YAML document in a file")
    package static let tabIndentation = DiagnosticCode(
        "RB1013", "tab-indentation", .error, "a tab where YAML wants spaces")
    package static let undefinedAlias = DiagnosticCode(
        "RB1014", "undefined-alias", .error, "an alias of an anchor that is not defined before it")
    package static let aliasCycle = DiagnosticCode(
        "RB1015", "alias-cycle", .error, "an alias inside the very node that it names")
    package static let unreadableCharacter = DiagnosticCode(
        "RB1016", "unreadable-character", .error, "bytes that are no UTF-8, or a control character")
    package static let bidiCharacter = DiagnosticCode(
        "RB1017", "bidi-character", .warning,
        "an invisible character that changes the direction of text, so that it reads otherwise than it runs"
    )
    package static let emptyDocument = DiagnosticCode(
        "RB1018", "empty-document", .error, "a file without any content")
    package static let complexKey = DiagnosticCode(
        "RB1019", "complex-key", .error, "a key that is a list, a map or an alias of one")
    package static let missingKey = DiagnosticCode(
        "RB1020", "missing-key", .error, "a key that must be there is not")
    package static let wrongKind = DiagnosticCode(
        "RB1021", "wrong-kind", .error,
        "text where a list or map is due, or the other way round")
    package static let invalidValue = DiagnosticCode(
        "RB1022", "invalid-value", .error, "a value that its key cannot take")
    package static let unknownValue = DiagnosticCode(
        "RB1023", "unknown-value", .error, "a word that is none of those that its key takes")
    package static let invalidName = DiagnosticCode(
        "RB1024", "invalid-name", .error,
        "a name with characters or a length that names may not have")
    package static let duplicateName = DiagnosticCode(
        "RB1025", "duplicate-name", .error, "one name for two things of a kind")
    package static let unknownKind = DiagnosticCode(
        "RB1026", "unknown-kind", .error, "a `kind` of file that does not exist")
    package static let unsupportedVersion = DiagnosticCode(
        "RB1027", "unsupported-version", .error, "an `apiVersion` that this program does not read")
    package static let conflictingKeys = DiagnosticCode(
        "RB1028", "conflicting-keys", .error, "keys of one map that exclude each other")
    package static let nulCharacter = DiagnosticCode(
        "RB1029", "nul-character", .error,
        "a NUL character in a value that may become a command, a path or a header")
}

/// RB11xx: actions and their inputs.
extension DiagnosticCode {
    package static let unknownAction = DiagnosticCode(
        "RB1101", "unknown-action", .error, "`uses` names no action that exists")
    package static let unknownInput = DiagnosticCode(
        "RB1102", "unknown-input", .error, "an input that the action does not take")
    package static let missingInput = DiagnosticCode(
        "RB1103", "missing-input", .error, "an input that the action must have is not given")
    package static let inputType = DiagnosticCode(
        "RB1104", "input-type", .error, "an input of another type than the action takes")
}

/// RB12xx: expressions.
extension DiagnosticCode {
    package static let unknownProvider = DiagnosticCode(
        "RB1105", "unknown-provider", .error, "a binding names no provider that exists")
    package static let unboundAction = DiagnosticCode(
        "RB1106", "unbound-action", .error,
        "a rule uses an action that no provider is bound to in the environment")
    package static let weakRecovery = DiagnosticCode(
        "RB1107", "weak-recovery", .error,
        "an operation is bound to an action that demands a better recovery class")
    package static let nobodyApproves = DiagnosticCode(
        "RB1108", "nobody-approves", .warning,
        "an approval asks a group that has nobody in the environment")
    package static let unsetVariable = DiagnosticCode(
        "RB1109", "unset-variable", .warning,
        "an environment needs a variable or secret that is not set where `check` runs")
    package static let noTargets = DiagnosticCode(
        "RB1110", "no-targets", .warning,
        "a rule changes something and the environment lists nothing that may be acted on")
    package static let unknownField = DiagnosticCode(
        "RB1201", "unknown-field", .error, "an expression names a field that does not exist")
    package static let expressionInExpression = DiagnosticCode(
        "RB1202", "expression-in-expression", .error,
        "`${{ }}` in a field that is an expression already")
    package static let expressionType = DiagnosticCode(
        "RB1203", "expression-type", .error,
        "an expression that cannot be evaluated or has the wrong type")
    package static let expressionSyntax = DiagnosticCode(
        "RB1204", "expression-syntax", .error, "an expression that is not well-formed CEL")
    package static let unquotedExpression = DiagnosticCode(
        "RB1210", "unquoted-expression", .error,
        "an expression that YAML reads as something else unless it is quoted")
    package static let unclosedTemplate = DiagnosticCode(
        "RB1211", "unclosed-template", .error, "`${{` without its `}}`")
    package static let templateNotAllowed = DiagnosticCode(
        "RB1212", "template-not-allowed", .error,
        "`${{ }}` in a field that is fixed when the file is loaded")
    package static let emptyExpression = DiagnosticCode(
        "RB1213", "empty-expression", .error, "an expression field or `${{ }}` that holds nothing")
}

/// RB2xxx: which rule takes which incident.
extension DiagnosticCode {
    package static let unreachableRule = DiagnosticCode(
        "RB2001", "unreachable-rule", .error,
        "every incident of a rule is taken first by another rule")
    package static let overlappingRules = DiagnosticCode(
        "RB2002", "overlapping-rules", .warning,
        "two rules of equal precedence can match the same incident")
    package static let neverTrue = DiagnosticCode(
        "RB2003", "never-true", .error, "no incident can satisfy a rule's conditions")
    package static let emptyMatch = DiagnosticCode(
        "RB2004", "empty-match", .error,
        "a rule without conditions that does not say `catch_all: true`")
    package static let noCatchAll = DiagnosticCode(
        "RB2005", "no-catch-all", .info, "incidents that no rule matches go unnoticed")
}

/// RB3xxx: safety.
extension DiagnosticCode {
    package static let missingTimeout = DiagnosticCode(
        "RB3001", "missing-timeout", .error,
        "neither step, contract nor defaults bound a step's time")
    package static let retryNotIdempotent = DiagnosticCode(
        "RB3002", "retry-not-idempotent", .error, "a retry may do the work twice")
    package static let secretInClear = DiagnosticCode(
        "RB3003", "secret-in-clear", .error, "a value that looks like a secret stands in the file")
    package static let silentFailure = DiagnosticCode(
        "RB3004", "silent-failure", .warning,
        "a rule changes something and no failure reaches a person")
    package static let unboundedBlastRadius = DiagnosticCode(
        "RB3005", "unbounded-blast-radius", .error, "a destroying step without a limit on targets")
    package static let unverifiedChange = DiagnosticCode(
        "RB3007", "unverified-change", .warning, "a change that nothing checks afterwards")
    package static let changeWithoutCooldown = DiagnosticCode(
        "RB3008", "change-without-cooldown", .warning,
        "a rule that changes something has no cooldown")
    package static let incidentTextInCommand = DiagnosticCode(
        "RB3009", "incident-text-in-command", .error,
        "text of an incident becomes part of a command")
    package static let irreversibleWithoutApproval = DiagnosticCode(
        "RB3010", "irreversible-without-approval", .warning,
        "a change that nothing reverses runs without a person's approval")
}

/// RB4xxx: chains.
extension DiagnosticCode {
    package static let chainCycle = DiagnosticCode(
        "RB4001", "chain-cycle", .error, "a chain that calls itself, directly or through others")
    package static let outputBeforeStep = DiagnosticCode(
        "RB4002", "output-before-step", .error,
        "an expression reads a step that has not run by then")
    package static let unusedChain = DiagnosticCode(
        "RB4003", "unused-chain", .warning, "a chain that nothing uses")
    package static let feedbackLoop = DiagnosticCode(
        "RB4004", "feedback-loop", .warning, "an action's declared effect can fire the rule again")
}

/// RB5xxx: tests of runbooks.
extension DiagnosticCode {
    package static let ruleWithoutTest = DiagnosticCode(
        "RB5001", "rule-without-test", .info, "a rule that no test matches")
    package static let unusedMock = DiagnosticCode(
        "RB5002", "unused-mock", .warning, "a mock that no call of the test uses")
    package static let unknownIncident = DiagnosticCode(
        "RB5003", "unknown-incident", .error, "a test names an incident that it does not have")
}
