/// What a person may do through the API.
package enum Role: String, Sendable, Hashable, CaseIterable {
    case viewer
    case `operator`
    case approver
    case admin

    /// Whether this role may use a route; all may read.
    func may(_ access: Route.Access) -> Bool {
        switch access {
        case .open, .read: true
        case .operate: self == .operator || self == .admin
        case .approve: self == .approver || self == .admin
        case .administer: self == .admin
        }
    }
}
