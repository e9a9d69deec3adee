import EventPattern
package import JSON

extension Program {
    /// Places of the rules whose `match` holds for an incident in our own form; rules without `match` always do.
    package func placesMatching(_ incident: JSONObject) -> [Int] {
        let scratch = matcher.makeScratch()
        var places = rules.indices.filter { rules[$0].pattern == nil }
        do throws(EventError) {
            try matcher.match(EventValue(.object(incident)), using: scratch)
        } catch {
            preconditionFailure("an incident in our own form cannot be matched: \(error)")
        }
        places += scratch.rules.compactMap { Int(matcher.ruleNames[Int($0)]) }
        return places.sorted()
    }
}
