package import JSON

/// Where actions are carried out: bindings, targets, limits, people. Nothing in a runbook depends on which it is.
package struct EnvironmentProgram: Sendable {
    package var name: String
    package var path: String?
    package var span: SourceSpan?
    /// The most that any rule may do here.
    package var mode: Mode
    package var bindings: [String: Binding] = [:]
    /// For each thing that may be acted on, what bindings need to know of it.
    package var targets: [String: JSONObject] = [:]
    /// Names of the process variables that may be read.
    package var variables: [String] = []
    package var secrets: [String: SecretReference] = [:]
    package var params: [String: JSONValue] = [:]
    package var limits = GlobalLimits()
    package var sources: [String: SourceSettings] = [:]
    package var groups: [String: [String]] = [:]
    /// Names that `oncall/NAME` may tell; what a binding does for each stands in the binding.
    package var oncall: Set<String> = []
    package var notices: Call?
    package var storm: Storm?
    package var populations: [String: Int] = [:]
    package var windows: [String: Window] = [:]
    /// The AWS account that the caller must belong to.
    package var account: String?
    /// Settings shared by all bindings of a provider, such as hosts that HTTP may reach.
    package var network = NetworkPolicy()
    /// Where the daemon keeps checkpoints of the journal.
    package var anchors: [AnchorSetting] = []

    package init(name: String, mode: Mode) {
        self.name = name
        self.mode = mode
    }

    /// Names of the windows that are open.
    package func openWindows(at now: Timestamp) -> Set<String> {
        Set(windows.filter { $0.value.isOpen(at: now) }.keys)
    }

    /// Whether a binding reads a variable without saying what to do when it is not set (`env.?NAME`).
    package func requiresVariable(_ name: String) -> Bool { !settings(requiring: name).isEmpty }

    /// The settings that read a variable so.
    func settings(requiring name: String) -> [NamedTemplate] {
        let settings = bindings.values.flatMap { $0.settings + $0.oncall.values.flatMap { $0 } }
        return settings.filter { $0.value.formulas.contains { $0.requiresVariable(name) } }
    }

    /// Whether a changing step needs an entry under `targets`; `simulated` knows no targets.
    package var requiresTargets: Bool { name != Self.simulatedName }
}

/// Named templates in order.
package typealias NamedTemplates = [NamedTemplate]

/// Which operation of which provider carries an action out, and with which settings.
package struct Binding: Sendable {
    package var action: String
    package var provider: String
    package var operation: OperationContract
    package var settings: [NamedTemplate]
    /// For each name on call, the settings that stand in place of the binding's own.
    package var oncall: [String: [NamedTemplate]] = [:]
    package var recovery: RecoveryClass
    package var maxInFlight: Int
    package var timeout: Duration?
    package var span: SourceSpan?

    /// The settings of a call that tells somebody: those of `oncall/NAME` before the binding's own. A name without
    /// settings of its own is told as everybody is.
    package func settings(telling whom: String?) -> [NamedTemplate] {
        guard let name = OncallName.name(in: whom), let own = oncall[name] else { return settings }
        let names = Set(own.map(\.name))
        return settings.filter { !names.contains($0.name) } + own
    }

    package init(
        action: String, provider: String, operation: OperationContract, settings: [NamedTemplate],
        recovery: RecoveryClass, maxInFlight: Int, timeout: Duration? = nil, span: SourceSpan? = nil
    ) {
        self.action = action
        self.provider = provider
        self.operation = operation
        self.settings = settings
        self.recovery = recovery
        self.maxInFlight = maxInFlight
        self.timeout = timeout
        self.span = span
    }
}

/// Whom an input `to` names: `oncall/NAME`.
package enum OncallName {
    private static let prefix = "oncall/"

    package static func name(in text: String?) -> String? {
        guard let text, text.hasPrefix(prefix) else { return nil }
        return String(text.dropFirst(prefix.count))
    }
}

/// Where a secret's value is found when it is needed; never the value.
package struct SecretReference: Sendable, Hashable {
    /// `env`, `file`, `aws.secretsmanager`, `aws.ssm`.
    package var origin: String
    package var name: String
    /// The member of a JSON secret.
    package var key: String?

    package init(origin: String, name: String, key: String? = nil) {
        self.origin = origin
        self.name = name
        self.key = key
    }
}

/// Limits over all rules of an environment, on by default.
package struct GlobalLimits: Sendable, Hashable {
    package struct Budget: Sendable, Hashable {
        package var count: Int
        package var per: Duration

        package init(count: Int, per: Duration) {
            self.count = count
            self.per = per
        }
    }

    package var runs = Budget(count: 20, per: .seconds(600))
    package var targets = Budget(count: 5, per: .seconds(600))

    package init() {}
}

/// How an environment wants a source's deliveries read.
package struct SourceSettings: Sendable {
    /// The source's words for priorities.
    package var priorities: [String: String]
    /// Metrics computed by CEL over one part of a delivery.
    package var metrics: [String: Formula]
}

/// Many targets at once: changes pause and one page is sent.
package struct Storm: Sendable, Hashable {
    package var targets: Int
    package var per: Duration
    package var pause: Duration
}

/// Where HTTP may go: everything else is refused.
package struct NetworkPolicy: Sendable, Hashable {
    package var hosts: [String]
    /// Blocks of private addresses that are allowed all the same.
    package var addresses: [String]

    package init(hosts: [String] = [], addresses: [String] = []) {
        self.hosts = hosts
        self.addresses = addresses
    }
}

extension Formula {
    /// Whether it names `env.NAME`, and not only a longer name that begins so.
    fileprivate func requiresVariable(_ name: String) -> Bool {
        text.ranges(of: "env.\(name)").contains { range in
            let next = text[range.upperBound...].utf8.first ?? 0
            return
                !(next == UInt8(ascii: "_") || CoreSchema.isDigit(next)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next | 0x20))
        }
    }
}
