/// Where checkpoints of the journal are kept.
extension EnvironmentResolver {
    /// Places, and the secrets that open them; after `secrets`.
    mutating func resolveAnchors() {
        for anchor in file.anchors {
            var setting = AnchorSetting(
                place: anchor.place.value, every: anchor.every?.value ?? Standards.anchorsEvery)
            if let name = anchor.token { setting.token = anchorToken(name) }
            environment.anchors.append(setting)
        }
    }

    /// The secret that an anchor names, which must be one of this file's.
    private mutating func anchorToken(_ name: Located<String>) -> AnchorToken? {
        if let reference = environment.secrets[name.value] {
            return AnchorToken(name: name.value, reference: reference)
        }
        let nearest = Suggestion.nearest(to: name.value, in: environment.secrets.keys.sorted())
        report(
            .unknownField, "environment `\(environment.name)` has no secret `\(name.value)`",
            name.span,
            help: [
                nearest.map { "did you mean `\($0)`?" }
                    ?? "say under `secrets` where it is found: `\(name.value): {env: \(name.value)}`"
            ])
        return nil
    }
}
