import JSON
import Testing

@testable import BelayCompiler

struct TemplateTests {
    private func pieces(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return TemplateScanner.scan(text).map { piece in
            switch piece {
            case .literal(let range): "L:" + String(decoding: bytes[range], as: UTF8.self)
            case .expression(let range): "E:" + String(decoding: bytes[range], as: UTF8.self)
            case .unclosed(let range): "U:" + String(decoding: bytes[range], as: UTF8.self)
            }
        }
    }

    @Test(arguments: [
        ("plain", ["L:plain"]), ("${{ a }}", ["E: a "]), ("x ${{a}} y", ["L:x ", "E:a", "L: y"]),
        ("${{ a }}${{ b }}", ["E: a ", "E: b "]), ("${{ '}}' }}", ["E: '}}' "]),
        ("${{ \"\\\"}}\" }}", ["E: \"\\\"}}\" "]), ("${{ r'\\' }}", ["E: r'\\' "]),
        ("${{ br'\\' }}", ["E: br'\\' "]), ("${{ {'a': {'b': 1}} }}", ["E: {'a': {'b': 1}} "]),
        ("${{ '''}}'}}''' }}", ["E: '''}}'}}''' "]), ("$ {{ a }}", ["L:$ {{ a }}"]),
        ("${ a }", ["L:${ a }"]),
        ("${{ a }", ["U:${{ a }"]), ("a ${{ 'b }}", ["L:a ", "U:${{ 'b }}"]),
        ("${{ var'x' }}", ["E: var'x' "]),
        ("}} ${{ a }} }}", ["L:}} ", "E: a ", "L: }}"]), ("", []),
    ])
    func scan(_ text: String, _ wanted: [String]) {
        #expect(pieces(text) == wanted)
    }

    private func value(_ text: String) -> TemplateValue? {
        let (repository, diagnostics) = read(
            runbookHead
                + "rules:\n  - id: a\n    match: {type: x}\n    steps:\n      - uses: b\n        with:\n          c: "
                + text + "\n")
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        guard case .uses(let uses)? = repository.runbooks.first?.rules.first?.steps.first?.kind
        else { return nil }
        return uses.with.first?.value
    }

    @Test func aWholeExpressionIsTold() {
        guard case .template(let template)? = value("${{ item }}") else {
            Issue.record("no template")
            return
        }
        #expect(template.whole?.text == "item" && template.constant == nil)
    }

    @Test func onlyTheExactPieceIsASecret() {
        guard
            case .template(let template)? = value("'${{ secrets.TOKEN }} ${{ secrets.TOKEN + a }}'")
        else {
            Issue.record("no template")
            return
        }
        #expect(template.secrets.map(\.value) == ["TOKEN"])
        #expect(template.secrets.map(\.span.text) == ["TOKEN"])
        #expect(template.expressions.map(\.text) == ["secrets.TOKEN + a"])
    }

    @Test func constantsKeepTextAndValue() {
        guard case .constant(let constant)? = value("0123") else {
            Issue.record("no constant")
            return
        }
        #expect(constant.text == "0123" && constant.core == 123)
    }

    @Test func listsAndMapsAreTrees() {
        let tree = value("{a: [1, yes, ~], b: {c: '1'}}")
        #expect(tree?.constantValue == ["a": [1, "yes", .null], "b": ["c": "1"]])
        #expect(value("{a: [\"${{ b }}\"]}")?.constantValue == nil)
    }
}
