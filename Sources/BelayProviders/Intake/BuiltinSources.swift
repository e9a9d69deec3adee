package import BelayEngine

/// Every kind of delivery that the program reads, sorted by name.
package enum BuiltinSources {
    package static let all: [any IncidentSource] = [
        AlertmanagerSource(),
        OwnFormSource(),
    ]

    /// The one source whose form a document certainly has.
    package static func named(_ name: String) -> (any IncidentSource)? {
        all.first { $0.name == name }
    }
}
