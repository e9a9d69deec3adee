import Testing

@testable import BelayCompiler

struct SuggestionTests {
    @Test(arguments: [
        ("tiemout", "timeout"), ("mtach", "match"), ("steps", "steps"), ("Timeout", "timeout"),
        ("automatic", "auto"), ("obs", "observe"),
    ])
    func nearest(_ word: String, _ wanted: String) {
        let words = ["timeout", "match", "steps", "auto", "observe", "if"]
        #expect(Suggestion.nearest(to: word, in: words) == wanted)
    }

    @Test(arguments: ["colour", "x", "", "zz", String(repeating: "a", count: 100)])
    func nothingIsNear(_ word: String) {
        #expect(Suggestion.nearest(to: word, in: ["timeout", "match", "steps"]) == nil)
    }

    @Test func distanceCountsSwapsOnce() {
        func distance(_ a: String, _ b: String) -> Int {
            Suggestion.distance(Array(a.utf8), Array(b.utf8))
        }
        #expect(distance("ab", "ba") == 1)
        #expect(distance("kitten", "sitting") == 3)
        #expect(distance("", "abc") == 3)
        #expect(distance("ca", "abc") == 3)
    }
}
