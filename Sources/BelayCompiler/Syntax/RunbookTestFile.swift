/// A file of kind `RunbookTest`.
package struct RunbookTestFile: Sendable {
    package var file: SourceFile
    package var metadata: Metadata
    package var environment: Located<String>?
    /// Where virtual time begins.
    package var clock: Located<Timestamp>?
    /// Paths of the only runbooks that are asked; empty means all of the repository.
    package var only: [Located<String>] = []
    package var incidents: [NamedIncidentSyntax] = []
    package var mocks: [MockSyntax] = []
    package var cases: [CaseSyntax] = []
}

/// An incident that cases refer to by name.
package struct NamedIncidentSyntax: Sendable {
    package var name: Located<String>
    package var incident: IncidentSyntax
}

/// An incident written out in a test.
package struct IncidentSyntax: Sendable {
    /// The named incident whose fields it starts from; maps are merged, all else is replaced.
    package var extends: Located<String>?
    /// Only fields that incidents have; `details` may hold anything.
    package var fields: [TemplateMember]
    package var span: SourceSpan
}

/// The incident of a case or moment.
package enum IncidentReference: Sendable {
    case named(TemplateText)
    case inline(IncidentSyntax)

    package var span: SourceSpan {
        switch self {
        case .named(let name): name.span
        case .inline(let incident): incident.span
        }
    }
}

/// What a call of an action is answered with.
package struct MockSyntax: Sendable {
    package var action: Located<String>
    /// After `@`: `until`, `scale.verify`; only calls from there.
    package var place: Located<String>?
    /// One for each call; the last repeats. Never empty.
    package var replies: [ReplySyntax]
    package var span: SourceSpan
}

/// One reply of a mock.
package struct ReplySyntax: Sendable {
    package enum Answer: Sendable {
        case value(TemplateValue)
        /// The class of a failure: `unavailable`.
        case failure(Located<String>)
        /// Answers after this long, or at the step's time-out.
        case hang(Located<Duration>)
        case approve(by: Located<String>?)
        case deny(by: Located<String>?)
        case resolveNotice
    }

    package var answer: Answer
    /// Virtual time until it answers.
    package var after: Located<Duration>?
    package var span: SourceSpan
}

/// One case: incidents, what the world answers, and what is expected.
package struct CaseSyntax: Sendable {
    package var name: TemplateText
    package var incident: IncidentReference?
    package var mocks: [MockSyntax]
    package var expect: ExpectSyntax?
    package var timeline: [MomentSyntax]
    /// One run of the case for each row; its values are `row.NAME`.
    package var table: [RowSyntax]
    /// Stop after the choice of rules; no mocks are needed.
    package var matchOnly: Located<Bool>?
    package var span: SourceSpan
}

/// One row of a table.
package struct RowSyntax: Sendable {
    package var values: [TemplateMember]
    package var span: SourceSpan
}

/// Something that happens at a moment of virtual time.
package struct MomentSyntax: Sendable {
    /// Since the case began.
    package var at: Located<Duration>
    package var incident: IncidentReference?
    /// Delivers the same problem again instead of a new one.
    package var again: Located<Bool>?
    package var expect: ExpectSyntax?
    package var span: SourceSpan
}

/// What is expected of a decision and its runs; what is not named is not judged.
package struct ExpectSyntax: Sendable {
    /// A rule's id, or `none`.
    package var rule: TemplateText?
    /// Step ids and their outcomes, exact.
    package var steps: [(id: Located<String>, outcome: TemplateText)]?
    /// All calls but reads, in order, exact; arguments a subset.
    package var calls: [CallSyntax]?
    /// Journal records, in order, a subset.
    package var records: [TemplateValue]?
    package var outcome: TemplateText?
    package var reason: TemplateText?
    /// One for each run, where rules `continue`.
    package var runs: [ExpectSyntax]?
    package var span: SourceSpan
}

/// One expected call.
package struct CallSyntax: Sendable {
    package var action: Located<String>
    package var with: [TemplateMember]
    package var span: SourceSpan
}
