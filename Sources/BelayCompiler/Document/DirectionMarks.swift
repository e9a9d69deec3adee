/// Finds the invisible characters that turn the direction of text ("Trojan Source", CVE-2021-42574).
enum DirectionMarks {
    static func check(_ file: SourceFile, _ diagnostics: inout Diagnostics) {
        let bytes = file.bytes
        var place = bytes.startIndex
        while let lead = bytes[place...].firstIndex(of: 0xE2) {
            place = lead + 1
            guard lead + 2 < bytes.count, let name = name(bytes[lead + 1], bytes[lead + 2]) else {
                continue
            }
            diagnostics.append(finding(name, SourceSpan(file: file, start: lead, end: lead + 3)))
        }
    }

    /// U+202A to U+202E and U+2066 to U+2069, by the bytes after E2.
    private static func name(_ second: UInt8, _ third: UInt8) -> String? {
        switch (second, third) {
        case (0x80, 0xAA...0xAE):
            "U+20" + String(0x2A + Int(third - 0xAA), radix: 16, uppercase: true)
        case (0x81, 0xA6...0xA9):
            "U+20" + String(0x66 + Int(third - 0xA6), radix: 16, uppercase: true)
        default: nil
        }
    }

    private static func finding(_ name: String, _ span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .bidiCharacter, "the invisible character \(name) turns the direction of text", at: span,
            label: "what follows may be shown in another order than it is read",
            help: ["remove it; where it must stay, write it as an escape in double quotes"])
    }
}
