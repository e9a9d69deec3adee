/// Finds where an expression ends in raw text, minding CEL's quotes and brackets.
enum ExpressionExtent {
    /// The end of the expression that begins at `start`: at the line's end or a comment, in a flow map also at a
    /// comma or closing bracket of the map itself. Trailing blanks are left out.
    static func end(_ bytes: [UInt8], from start: Int, isFlow: Bool) -> Int {
        var scan = BalanceScan()
        var place = start
        while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D {
            let byte = bytes[place]
            if scan.isBalanced {
                if isFlow, ",}]".utf8.contains(byte) { break }
                if byte == UInt8(ascii: "#"), place > start, ScalarWalk.isBlank(bytes[place - 1]) {
                    break
                }
            }
            scan.take(byte)
            place += 1
        }
        while place > start, ScalarWalk.isBlank(bytes[place - 1]) { place -= 1 }
        return place
    }
}

/// Follows quotes and brackets through text.
struct BalanceScan {
    private var depth = 0
    private var quote: UInt8 = 0
    private var isEscaped = false

    /// Whether no quote and no bracket is open.
    var isBalanced: Bool { depth <= 0 && quote == 0 }

    mutating func take(_ byte: UInt8) {
        if quote != 0 {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == quote {
                quote = 0
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        default: break
        }
    }

    /// Whether all of a text is balanced.
    static func isBalanced(_ text: some Sequence<UInt8>) -> Bool {
        var scan = BalanceScan()
        for byte in text { scan.take(byte) }
        return scan.isBalanced
    }
}
