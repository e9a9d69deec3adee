extension Duration {
    /// As a runbook writes it, in the largest units that fit: `1h30m`, `250ms`, `0s`.
    package var text: String {
        var rest = milliseconds
        guard rest != 0 else { return "0s" }
        var text = rest < 0 ? "-" : ""
        rest = rest.magnitude > UInt64(Int64.max) ? Int64.max : abs(rest)
        let units: [(String, Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        for (unit, length) in units where rest >= length {
            text += "\(rest / length)\(unit)"
            rest %= length
        }
        return text
    }
}
