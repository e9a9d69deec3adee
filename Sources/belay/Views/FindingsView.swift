import BelayCompiler

/// Findings in one of the renderers' forms.
struct FindingsView {
    let text: String

    init(_ diagnostics: Diagnostics, format: String, color: ColorChoice, descriptor: Int32 = 1) {
        let renderer = Renderers.named(format) ?? HumanRenderer()
        let options = RenderingOptions(
            color: Output.usesColor(color, descriptor: descriptor), version: Version.text)
        text = renderer.render(diagnostics.sorted, options: options)
    }
}
