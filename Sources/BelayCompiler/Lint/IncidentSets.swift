import CEL
import EventPattern

/// The incidents that a rule is for, as sets of values by field: one map for each combination of `$or`.
///
/// A field that a map does not name may have any value. `when` narrows the maps as far as it is a conjunction of
/// comparisons of fields with constants.
struct IncidentSets {
    typealias Branch = [FieldPath: ValueSet]

    private(set) var branches: [Branch]
    /// Whether the maps say all that the rule asks; if not, they hold more incidents than the rule is for.
    private(set) var isExact = true

    init(_ rule: Rule) {
        let statuses = IncidentValues.texts(rule.statuses.isEmpty ? ["firing"] : rule.statuses)
        branches = (rule.pattern?.valueSets ?? [[:]]).map { sets in
            var branch = sets.reduce(into: [:]) {
                $0[$1.key] = IncidentValues.real($1.value, $1.key)
            }
            branch[IncidentValues.status] =
                branch[IncidentValues.status]?.intersection(statuses) ?? statuses
            branch[IncidentValues.priority] =
                branch[IncidentValues.priority] ?? IncidentValues.priorities
            return branch
        }
        if let when = rule.when { narrow(by: when) }
    }

    private mutating func narrow(by when: Formula) {
        let (comparisons, isComplete) = when.conjuncts
        isExact = isComplete
        for comparison in comparisons {
            guard let (path, set) = IncidentValues.narrowing(comparison) else {
                isExact = false
                continue
            }
            for index in branches.indices {
                branches[index][path] = (branches[index][path] ?? .anything).intersection(set)
            }
        }
    }

    /// Whether surely no incident is in any of the maps.
    var isEmpty: Bool { branches.allSatisfy(Self.isEmpty) }

    static func isEmpty(_ branch: Branch) -> Bool {
        branch.values.contains { $0.isEmpty == .yes }
    }

    /// Whether every incident of the smaller map is surely in the larger.
    static func includes(_ larger: Branch, _ smaller: Branch) -> Bool {
        larger.allSatisfy { path, set in
            // Lists may stand in details, where one element's absence says nothing of the others.
            if IncidentValues.mayHoldLists(path), set.allowsAbsence { return false }
            let other = smaller[path] ?? IncidentValues.real(.anything, path)
            return set.includes(other) == .yes
        }
    }

    /// The incidents of both maps, nil if surely there are none.
    static func common(_ one: Branch, _ other: Branch) -> Branch? {
        var result = one
        for (path, set) in other {
            let both = result[path]?.intersection(set) ?? set
            if both.isEmpty == .yes { return nil }
            result[path] = both
        }
        return result
    }

    /// The fields of an incident of the map, as few as may be; nil if none is found.
    static func witness(_ branch: Branch) -> Witness? {
        var witness = Witness()
        for path in branch.keys.sorted() {
            guard let set = branch[path], !set.allowsAbsence else { continue }
            guard let value = set.witness, witness.add(value.value, path.segments[...]) else {
                return nil
            }
        }
        return witness
    }
}

/// An incident that shows what a finding says, as far as its fields matter.
struct Witness {
    private var members: [(key: String, value: Node)] = []

    private indirect enum Node {
        case leaf(EventValue)
        case map(Witness)

        var value: EventValue {
            switch self {
            case .leaf(let value): value
            case .map(let witness): witness.event
            }
        }
    }

    /// Puts a value at a path; false if something else stands in its way.
    mutating func add(_ value: EventValue, _ path: ArraySlice<String>) -> Bool {
        guard let key = path.first else { return false }
        let place = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
        if path.count == 1 {
            guard place == nil else { return false }
            members.append((key, .leaf(value)))
            return true
        }
        var inner = Witness()
        if let place {
            guard case .map(let map) = members[place].value else { return false }
            inner = map
        }
        guard inner.add(value, path.dropFirst()) else { return false }
        if let place {
            members[place].value = .map(inner)
        } else {
            members.append((key, .map(inner)))
        }
        return true
    }

    /// As an event to match.
    var event: EventValue { .object(members.map { (key: $0.key, value: $0.value.value) }) }

    /// As JSON for people: without what the rules say nothing about.
    func text(of rules: [Rule]) -> String {
        var silent: Set<String> = []
        if rules.allSatisfy({ $0.statuses.isEmpty }) { silent.insert("status") }
        let names = Set(
            rules.flatMap { rule in
                (rule.pattern?.conditions ?? []).map { $0.path.segments[0] }
                    + (rule.when?.paths ?? []).map {
                        $0.split(separator: ".").dropFirst().first.map(String.init) ?? ""
                    }
            })
        if !names.contains("priority") { silent.insert("priority") }
        let shown = members.filter { !silent.contains($0.key) }
        return EventValue.object(
            (shown.isEmpty ? members : shown).map { (key: $0.key, value: $0.value.value) }
        ).description
    }
}
