import Testing

/// What may stand in a source file.
@Suite struct SourceTests {
    /// What is written only where it belongs, and where that is: a path, or the beginning of one.
    private static let reserved: [(text: String, places: [String])] = [
        ("print(", ["Sources/bench-", "Sources/simulate/"]),
        ("Date()", []),
        ("try!", []),
        ("fatalError(", ["Sources/bench-", "Sources/simulate/", "Sources/BelaySimulation/"]),
        ("#if DEBUG", []),
        (
            "@unchecked Sendable",
            [
                "Sources/Text/RegularExpression.swift",
                "Sources/BelayProviders/Transport/",
            ]
        ),
    ]

    /// Files of more than 400 lines that read as one thought.
    private static let longFiles: [String: Int] = [
        "Sources/EventPattern/Program/EventScanner.swift": 450
    ]

    @Test func reservedWordsStandOnlyWhereTheyBelong() throws {
        #expect(Repository.sources.count > 200)
        for file in Repository.sources {
            for (number, line) in try Repository.lines(file).enumerated() {
                let code = line.prefix(upToComment: "//")
                for (text, places) in Self.reserved where code.holdsWord(text) {
                    #expect(
                        places.contains { file.hasPrefix($0) }, "\(file):\(number + 1): \(text)")
                }
            }
        }
    }

    @Test func everyPlaceThatIsAllowedExists() {
        for place in Self.reserved.flatMap(\.places) + Array(Self.longFiles.keys) {
            #expect(Repository.sources.contains { $0.hasPrefix(place) }, "\(place) is not there")
        }
    }

    @Test func filesAreShort() throws {
        for file in Repository.sources {
            let count = try Repository.lines(file).count - 1
            #expect(count <= Self.longFiles[file] ?? 400, "\(file) has \(count) lines")
        }
    }

    @Test func everyTypeSaysWhatItIs() throws {
        let declaration =
            #/^(?:(?:public|package|internal|private|fileprivate|final|indirect|nonisolated) )*(?:struct|class|enum|protocol|actor) ([A-Za-z]+)/#
        var types = 0
        for file in Repository.sources {
            let lines = try Repository.lines(file)
            for (number, line) in lines.enumerated() where line.mayDeclare {
                let bare = line.replacing(#/^(?:@[A-Za-z]+(?:\([^)]*\))? )+/#, with: "")
                guard let match = bare.firstMatch(of: declaration) else { continue }
                types += 1
                var above = number - 1
                while above >= 0, lines[above].hasPrefix("@") { above -= 1 }
                #expect(
                    above >= 0 && lines[above].hasPrefix("///"),
                    "\(file):\(number + 1): \(match.1) has no comment")
            }
        }
        #expect(types > 300)
    }
}

extension Substring {
    /// Whether a declaration at top level may stand here: asked before the slower question.
    fileprivate var mayDeclare: Bool {
        guard let first = utf8.first, first != UInt8(ascii: " "), first != UInt8(ascii: "/") else {
            return false
        }
        return ["struct ", "class ", "enum ", "protocol ", "actor "].contains { contains($0) }
    }

    fileprivate func prefix(upToComment mark: String) -> Substring {
        ranges(of: mark).first.map { self[..<$0.lowerBound] } ?? self
    }

    /// Whether the text stands here and is not the end of a longer name.
    fileprivate func holdsWord(_ text: String) -> Bool {
        guard utf8.count >= text.utf8.count else { return false }
        return ranges(of: text).contains { range in
            guard range.lowerBound > startIndex else { return true }
            let before = self[index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || before == "_" || before == ".")
        }
    }
}
