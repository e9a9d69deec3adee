/// Why an order of a person was not carried out.
package enum OperationProblem: Error, Sendable, Hashable {
    case notFound(String)
    /// The order is incomplete or has a word that means nothing.
    case invalid(String)
    /// It means nothing to the run as it stands.
    case conflict(String)
    /// This person may not say that; on record as `auth.denied`.
    case forbidden(String)
    /// It could not be delivered in time; say it again.
    case busy(String)
    case store(StoreError)

    package var message: String {
        switch self {
        case .notFound(let text), .invalid(let text), .conflict(let text), .forbidden(let text),
            .busy(let text):
            text
        case .store(let error): "\(error)"
        }
    }
}
