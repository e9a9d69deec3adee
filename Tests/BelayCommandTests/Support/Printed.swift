import Foundation

/// Records that a command printed as JSON: one array, or a document a line.
enum Printed {
    static func records(_ text: String) throws -> [[String: Any]] {
        let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        let documents =
            try whole as? [Any]
            ?? text.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8))
            }
        return documents.compactMap { ($0 as? [String: Any])?["record"] as? [String: Any] }
    }
}
