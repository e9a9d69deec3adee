package import BelayCompiler
package import JSON

/// Which steps of a rule a run carries out; each part is a run of its own.
package enum RunPart: Sendable, Hashable {
    /// The rule's `steps`.
    case remedy
    /// `on_suppressed`, with what held the remedy back.
    case suppressed(Suppression)
    /// `after_resolve`.
    case afterResolve
    /// The environment's `notices`: what befell the engine itself.
    case notice(EngineNotice)

    /// Whether all that it does is to tell people.
    var onlyTells: Bool {
        switch self {
        case .suppressed, .notice: true
        case .remedy, .afterResolve: false
        }
    }

    /// As it stands after `#` in a record's rule; nil for the remedy.
    package var code: String? {
        switch self {
        case .remedy: nil
        case .suppressed: "on_suppressed"
        case .afterResolve: "after_resolve"
        case .notice: "notice"
        }
    }
}

/// Something that people must hear about the engine itself.
package struct EngineNotice: Sendable, Hashable {
    /// `storm`, `loop`, `no_target`, ….
    package var kind: String
    package var message: String

    package init(kind: String, message: String) {
        self.kind = kind
        self.message = message
    }
}

extension RunPart {
    package var json: JSONValue {
        switch self {
        case .remedy: .null
        case .suppressed(let why): ["suppressed": .string(why.rawValue)]
        case .afterResolve: "after_resolve"
        case .notice(let notice):
            ["notice": .string(notice.kind), "message": .string(notice.message)]
        }
    }

    package init?(_ json: JSONValue?) {
        switch json {
        case nil, .null?: self = .remedy
        case .string("after_resolve")?: self = .afterResolve
        case let json?:
            if let why = json["suppressed"]?.stringValue.flatMap(Suppression.init(rawValue:)) {
                self = .suppressed(why)
            } else if let kind = json["notice"]?.stringValue,
                let message = json["message"]?.stringValue
            {
                self = .notice(EngineNotice(kind: kind, message: message))
            } else {
                return nil
            }
        }
    }
}

extension Rule {
    /// The rule whose steps are those of a part: what is left of it neither waits for the source nor has parts.
    package func playing(_ part: RunPart) -> Rule {
        var rule = self
        switch part {
        case .remedy: return self
        case .suppressed:
            rule.steps = onSuppressed
            rule.onFailure = []
        case .afterResolve: rule.steps = afterResolve
        case .notice: rule.onFailure = []
        }
        rule.until = nil
        rule.concurrency = nil
        rule.again = nil
        rule.onResolve = .finish
        rule.onAcknowledge = .finish
        rule.onSuppressed = []
        rule.afterResolve = []
        return rule
    }
}

extension EnvironmentProgram {
    /// The rule by which the engine tells people about itself; nil where the environment names nobody.
    package func rule(telling notice: EngineNotice) -> Rule? {
        guard var call = notices else { return nil }
        if call.action.input("message") != nil,
            !call.inputs.contains(where: { $0.name == "message" })
        {
            call.inputs.append(
                NamedTemplate(name: "message", value: .constant(.string(notice.message))))
        }
        return .notice(notice.kind, call)
    }
}
