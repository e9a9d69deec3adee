import Foundation

/// Who may import whom: the table of docs/ARCHITECTURE.md, and what Package.swift and the sources say.
struct ImportTable {
    /// A target's row: targets of ours, and what packages and the system bring.
    struct Row {
        var ours: Set<String>
        var others: Set<String>
    }

    var rows: [String: Row] = [:]

    /// The table between `| target | imports` and the next empty line.
    static func documented() throws -> ImportTable {
        var table = ImportTable()
        let lines = try Repository.lines("docs/ARCHITECTURE.md")
        guard let head = lines.firstIndex(where: { $0.hasPrefix("| target ") }) else {
            return table
        }
        for line in lines[(head + 2)...] {
            guard line.hasPrefix("|") else { break }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                names(in: $0)
            }
            guard cells.count >= 4, let target = cells[1].first else { continue }
            table.rows[target] = Row(ours: Set(cells[2]), others: Set(cells[3]))
        }
        return table
    }

    /// The targets and dependencies that Package.swift declares, without tests.
    static func declared() throws -> ImportTable {
        let manifest = try Repository.text("Package.swift")
        var table = ImportTable()
        let targets =
            #/(?:library\(|\.executableTarget\(\s*name: |\.target\(name: |\.systemLibrary\(name: )"([A-Za-z0-9-]+)"/#
        let matches = manifest.matches(of: targets)
        for (index, match) in matches.enumerated() {
            let end =
                index + 1 < matches.count
                ? matches[index + 1].range.lowerBound
                : manifest.range(of: "tests(\"", range: match.range.upperBound..<manifest.endIndex)?
                    .lowerBound ?? manifest.endIndex
            let body = String(manifest[match.range.upperBound..<end])
            let products = body.matches(of: #/\.product\(name: "([A-Za-z0-9]+)"/#).map {
                String($0.1)
            }
            let quoted = body.replacing(
                #/\.product\([^)]*\)|\.apt\([^)]*\)|pkgConfig: "[^"]*"/#, with: ""
            )
            .matches(of: #/"([A-Z][A-Za-z0-9]*)"/#).map { String($0.1) }
            table.rows[String(match.1)] = Row(ours: Set(quoted), others: Set(products))
        }
        return table
    }

    /// What the Swift files of each target import.
    static func imported() throws -> [String: Set<String>] {
        let statement =
            #/^\s*(?:@[A-Za-z_]+(?:\([a-z]+\))?\s+)*(?:public |package |internal |private |fileprivate )?import (?:struct |class |enum |protocol |func |var |let |typealias )?([A-Za-z0-9_]+)/#
        var imports: [String: Set<String>] = [:]
        for file in Repository.sources {
            let target = String(file.split(separator: "/")[1])
            for line in try Repository.lines(file) where line.contains("import ") {
                if let match = line.firstMatch(of: statement) {
                    imports[target, default: []].insert(systemName(match.1))
                }
            }
        }
        return imports
    }

    /// The C library goes by its name on Linux.
    private static func systemName(_ module: Substring) -> String {
        ["Darwin", "Musl"].contains(module) ? "Glibc" : String(module)
    }

    private static func names(in cell: Substring) -> [String] {
        cell.matches(of: #/`([A-Za-z0-9-]+)`/#).map { String($0.1) }
    }
}
