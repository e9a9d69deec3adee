package import JSON

extension Program {
    /// Places of the rules whose `match` holds for an incident in our own form; rules without `match` always do.
    package func placesMatching(_ incident: JSONObject) -> [Int] { fatalError() }
}
