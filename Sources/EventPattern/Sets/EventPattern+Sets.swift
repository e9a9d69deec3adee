/// What is known of the events that patterns are compared over.
public enum EventShape: Sendable, Hashable {
    /// No list stands on the path of a field: every field has one value at most.
    case values
    /// Lists may stand anywhere: a field may have many values.
    case lists
}

extension EventPattern {
    /// For each combination of `$or` alternatives, the values that it allows each field it names.
    public var valueSets: [[FieldPath: ValueSet]] {
        let sets = conditions.map { ValueSet($0) }
        return branches.map { branch in
            Dictionary(
                uniqueKeysWithValues: branch.map { (conditions[Int($0)].path, sets[Int($0)]) })
        }
    }

    /// Whether no event at all matches, and one that does if one is found.
    public func emptiness() -> (isEmpty: Decision, witness: EventValue?) {
        var answer = Decision.yes
        for sets in valueSets {
            if let event = WitnessBuilder.event(sets, .values)
                ?? WitnessBuilder.event(sets, .lists),
                (try? matches(event)) == true
            {
                return (.no, event)
            }
            if !sets.values.contains(where: { $0.isEmpty == .yes }) { answer = .undecided }
        }
        return (answer, nil)
    }

    /// Whether some event matches both patterns, and one that does if one is found.
    ///
    /// With `.values` the witness has at most one value a field. With `.lists` two conditions on one field can
    /// be met by two elements of a list, so patterns rarely exclude one another.
    public func overlaps(_ other: EventPattern, over shape: EventShape = .values) -> (
        Decision, witness: EventValue?
    ) {
        var answer = Decision.no
        for mine in valueSets {
            for theirs in other.valueSets {
                let common = mine.merging(theirs) { $0.intersection($1) }
                if let event = WitnessBuilder.event(common, shape)
                    ?? (shape == .lists ? WitnessBuilder.event(mine, theirs) : nil),
                    (try? matches(event)) == true, (try? other.matches(event)) == true
                {
                    return (.yes, event)
                }
                if !WitnessBuilder.isImpossible(mine, theirs, common, shape) { answer = .undecided }
            }
        }
        return (answer, nil)
    }

    /// Whether every event that another pattern matches is matched by this one too; if not, an event that only
    /// the other matches.
    public func subsumes(_ other: EventPattern, over shape: EventShape = .values) -> (
        Decision, witness: EventValue?
    ) {
        let mine = valueSets
        var answer = Decision.yes
        for theirs in other.valueSets {
            if mine.contains(where: { Subsumption.includes($0, theirs, shape) }) { continue }
            if WitnessBuilder.isImpossible(theirs, [:], theirs, shape) { continue }
            for event in Subsumption.witnesses(theirs, outside: mine, shape)
            where (try? other.matches(event)) == true && (try? matches(event)) == false {
                return (.no, event)
            }
            answer = .undecided
        }
        return (answer, nil)
    }
}
