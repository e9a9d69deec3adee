import Testing

/// The import table of docs/ARCHITECTURE.md holds, and is what Package.swift declares.
@Suite struct ImportTests {
    @Test func theTableIsWhatThePackageDeclares() throws {
        let documented = try ImportTable.documented()
        let declared = try ImportTable.declared()
        #expect(documented.rows.count > 10)
        #expect(documented.rows.keys.sorted() == declared.rows.keys.sorted())
        for (target, row) in declared.rows {
            #expect(documented.rows[target]?.ours == row.ours, "\(target): targets of ours")
            #expect(
                row.others.isSubset(of: documented.rows[target]?.others ?? []),
                "\(target): packages")
        }
    }

    @Test func everyFolderOfSourcesIsATarget() throws {
        let declared = try ImportTable.declared().rows.keys.sorted()
        #expect(Repository.names(in: "Sources").sorted() == declared)
    }

    @Test func theSourcesImportNothingElse() throws {
        let table = try ImportTable.documented()
        let imported = try ImportTable.imported()
        #expect(imported.count > 8)
        for (target, modules) in imported {
            let row = try #require(table.rows[target], "\(target) has no row")
            let undocumented = modules.subtracting(row.ours).subtracting(row.others)
            #expect(undocumented.isEmpty, "\(target) imports \(undocumented.sorted())")
        }
    }

    @Test func noTargetImportsWhatImportsIt() throws {
        let rows = try ImportTable.documented().rows
        for target in rows.keys {
            var reached = rows[target]?.ours ?? []
            var next = reached
            while !next.isEmpty {
                next = next.reduce(into: Set()) { $0.formUnion(rows[$1]?.ours ?? []) }
                    .subtracting(reached)
                reached.formUnion(next)
            }
            #expect(!reached.contains(target), "\(target) reaches itself")
        }
    }

    @Test func thePureTargetsTouchNoFilesAndNoThreads() throws {
        let imported = try ImportTable.imported()
        for target in ["JSON", "Text", "CEL", "EventPattern", "BelayCompiler", "BelayEngine"] {
            let modules = imported[target] ?? []
            #expect(
                modules.isDisjoint(with: [
                    "Foundation", "FoundationEssentials", "Glibc", "Dispatch",
                ]),
                "\(target) imports \(modules.sorted())")
        }
        for sibling in ["BelayProviders", "BelayStore", "BelayServer"] {
            let others = Set(["BelayProviders", "BelayStore", "BelayServer"]).subtracting([sibling])
            #expect((imported[sibling] ?? []).isDisjoint(with: others))
        }
    }
}
