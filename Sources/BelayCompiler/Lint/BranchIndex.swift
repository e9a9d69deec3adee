import EventPattern

/// Maps of value sets, found by the field that tells most of them apart: only those that can share an incident with
/// another are compared with it.
struct BranchIndex {
    typealias Branch = IncidentSets.Branch
    typealias Entry = (place: Int, branch: Branch)

    private let path: FieldPath?
    private var byText: [ByteText: [Entry]] = [:]
    /// Those that the field does not tell apart.
    private var loose: [Entry] = []
    private var all: [Entry] = []

    /// An empty index for such maps.
    init(_ branches: [Branch]) {
        var texts: [FieldPath: Set<ByteText>] = [:]
        for branch in branches {
            for (path, set) in branch {
                for text in set.exactTexts ?? [] { texts[path, default: []].insert(text) }
            }
        }
        path = texts.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key
    }

    mutating func insert(_ branch: Branch, of place: Int) {
        all.append((place, branch))
        guard let keys = keys(branch) else {
            loose.append((place, branch))
            return
        }
        for key in keys { byText[key, default: []].append((place, branch)) }
    }

    func candidates(for branch: Branch) -> [Entry] {
        guard let keys = keys(branch) else { return all }
        return keys.flatMap { byText[$0] ?? [] } + loose
    }

    private func keys(_ branch: Branch) -> [ByteText]? { path.flatMap { branch[$0]?.exactTexts } }
}
