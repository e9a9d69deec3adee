import BelayCompiler
import BelayServer

/// Tokens of people as a table: name, roles, standing, since when, until when.
struct TokensView {
    let text: String

    init(_ tokens: [PersonToken], at now: Timestamp) {
        guard !tokens.isEmpty else {
            text = "no tokens of people"
            return
        }
        let rows = tokens.map { token in
            [
                token.name, token.roles.map(\.rawValue).joined(separator: ","),
                token.standing(at: now).rawValue, "since \(token.createdAt.shortRFC3339)",
                token.expiresAt.map { "until \($0.shortRFC3339)" } ?? "",
            ]
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        text = rows.map { row in
            zip(row, widths).map { $0.padded($1) }.joined(separator: "  ").trimmingEnd
        }.joined(separator: "\n")
    }
}
