/// Lets only so many calls of one binding run at once, so that a slow provider starves no other.
package actor Bulkhead {
    private var running: [String: Int] = [:]
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    package init() {}

    /// Does the work once there is room for it; it is told whether it has waited.
    package func within<Value: Sendable>(
        _ limit: Int, of name: String, _ work: @Sendable (Bool) async -> Value
    ) async -> Value {
        let hasWaited = await enter(name, limit)
        defer { leave(name) }
        return await work(hasWaited)
    }

    private func enter(_ name: String, _ limit: Int) async -> Bool {
        guard running[name, default: 0] >= limit else {
            running[name, default: 0] += 1
            return false
        }
        // Whoever leaves hands its place over.
        await withCheckedContinuation { waiting[name, default: []].append($0) }
        return true
    }

    private func leave(_ name: String) {
        if waiting[name]?.isEmpty == false {
            waiting[name]?.removeFirst().resume()
        } else {
            running[name, default: 0] -= 1
        }
    }
}
