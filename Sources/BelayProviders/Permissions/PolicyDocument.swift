package import JSON

/// An IAM policy that allows what is needed and nothing else.
package struct PolicyDocument: Sendable {
    package let needs: [PermissionNeed]

    package init(_ needs: [PermissionNeed]) { self.needs = needs }

    /// The policy of each action by itself; an action that needs nothing of AWS has an empty one.
    package func perAction(_ actions: [String]) -> JSONObject {
        let names = Set(actions + needs.map(\.action)).sorted()
        return JSONObject(
            names.map { name in
                (name, PolicyDocument(needs.filter { $0.action == name }).json)
            })
    }

    /// `{Version, Statement}`; each statement's Sid names the action that needs it.
    package var json: JSONValue {
        let actions = Set(needs.map(\.action)).sorted()
        return [
            "Version": "2012-10-17",
            "Statement": .array(actions.flatMap(statements)),
        ]
    }

    /// One statement for all permissions on the same resources.
    private func statements(_ action: String) -> [JSONValue] {
        var permissions: [[String]: [String]] = [:]
        let own = needs.filter { $0.action == action }
        for permission in Set(own.map(\.permission)).sorted() {
            let resources = Set(own.filter { $0.permission == permission }.map(\.resource))
            let least = resources.contains("*") ? ["*"] : resources.sorted()
            permissions[least, default: []].append(permission)
        }
        let groups = permissions.sorted { $0.value[0] < $1.value[0] }
        return groups.enumerated().map { number, group in
            [
                "Sid": .string(
                    PolicyDocument.sid(action) + (number == 0 ? "" : String(number + 1))),
                "Effect": "Allow", "Action": .array(group.value.map(JSONValue.string)),
                "Resource": .array(group.key.map(JSONValue.string)),
            ]
        }
    }

    /// Letters and digits only, as IAM asks: `restart_service` is `RestartService`.
    private static func sid(_ action: String) -> String {
        action.split(whereSeparator: { $0 == "_" || $0 == "." || $0 == "-" })
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
