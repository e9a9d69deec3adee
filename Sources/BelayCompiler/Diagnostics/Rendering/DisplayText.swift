/// A piece of a source line as a terminal shows it: tabs widened, invisible characters made visible.
struct DisplayText {
    /// Tabs become this many spaces.
    private static let tab = 4

    private(set) var text = ""
    /// Columns on the terminal.
    private(set) var width = 0

    init(_ bytes: ArraySlice<UInt8>) {
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { append(scalar) }
    }

    /// Any text as it may be printed, cut after so many bytes.
    static func shown(_ text: String, most: Int) -> String {
        guard text.utf8.count > most else { return DisplayText(Array(text.utf8)[...]).text }
        return DisplayText(Array(text.utf8.prefix(most))[...]).text + "…"
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 9:
            text += String(repeating: " ", count: Self.tab)
            width += Self.tab
        case 0..<0x20: add(Unicode.Scalar(scalar.value + 0x2400)!, columns: 1)
        case 0x7F..<0xA0, 0x200B...0x200F, 0x202A...0x202E, 0x2028, 0x2029, 0x2066...0x2069, 0xFEFF:
            add("\u{FFFD}", columns: 1)
        default: add(scalar, columns: Self.columns(scalar))
        }
    }

    private mutating func add(_ scalar: Unicode.Scalar, columns: Int) {
        text.unicodeScalars.append(scalar)
        width += columns
    }

    /// 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x300: 1
        case 0x300..<0x370, 0x1AB0..<0x1B00, 0x20D0..<0x2100, 0xFE00..<0xFE10, 0xFE20..<0xFE30: 0
        case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70,
            0xFF00..<0xFF61, 0xFFE0..<0xFFE7, 0x1F300..<0x1F650, 0x1F900..<0x1FA00,
            0x20000..<0x3FFFE:
            2
        default: 1
        }
    }
}
