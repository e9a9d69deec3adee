extension BenchStore {
    static func verification(_ folder: String, _ count: Int) async throws {}
}
