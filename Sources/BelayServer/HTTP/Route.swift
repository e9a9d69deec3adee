/// One entry of the table of routes: a source, a page or a part of the API is one of these.
struct Route: Sendable {
    /// Who may call it.
    enum Access: Sendable {
        /// Anybody: says nothing that is a secret and changes nothing.
        case open
        /// Whoever has a token: it changes nothing.
        case read
        /// Who may deliver incidents, pause, cancel and settle what is not known.
        case operate
        /// Who may consent.
        case approve
        /// Who may say what others may do.
        case administer
    }

    var method: String
    /// `v1`, `runs`, `:run`: a part that begins with a colon matches any.
    var pattern: [String]
    var access: Access
    var respond: @Sendable (APIRequest, _ parameters: [String: String]) async -> APIAnswer

    init(
        _ method: String, _ path: String, _ access: Access,
        _ respond: @escaping @Sendable (APIRequest, [String: String]) async -> APIAnswer
    ) {
        self.method = method
        pattern = path.split(separator: "/").map(String.init)
        self.access = access
        self.respond = respond
    }

    /// The pattern as figures name it: `/v1/runs/:run`.
    var name: String { "/" + pattern.joined(separator: "/") }

    /// The parameters of a path that matches.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, wanted) in zip(path, pattern) {
            if wanted.hasPrefix(":") {
                parameters[String(wanted.dropFirst())] = part
            } else if part != wanted {
                return nil
            }
        }
        return parameters
    }
}

/// All routes; the first that matches answers.
struct RouteTable: Sendable {
    var routes: [Route]

    /// What a request finds.
    enum Found {
        case route(Route, [String: String])
        /// The path exists for these methods.
        case otherMethods([String])
        case nothing
    }

    func find(_ method: String, _ path: [String]) -> Found {
        var methods: [String] = []
        for route in routes {
            guard let parameters = route.match(path) else { continue }
            if route.method == method { return .route(route, parameters) }
            methods.append(route.method)
        }
        return methods.isEmpty ? .nothing : .otherMethods(methods)
    }
}
