/// The conditions of a pattern of common shape as bytes, in the order written: of each the two lengths, the path with
/// 0xFF (which is in no UTF-8) after every segment, and the list of alternatives as it stands in the text.
///
/// Two conditions with the same bytes are the same condition, so compiling looks most of them up unread.
struct FlatPattern: Sendable {
    let bytes: [UInt8]
    /// The number of conditions.
    let count: Int

    /// The bytes before each condition: two lengths of four bytes.
    static let header = 8
    /// Zeros after the last condition, so that its bytes can be hashed by the word.
    static let padding = 16

    /// One condition's bytes.
    struct Entry {
        /// Path and alternatives together.
        let bytes: UnsafeRawBufferPointer
        let pathLength: Int

        var path: FieldPath {
            FieldPath(
                bytes[..<pathLength].split(separator: 0xFF, omittingEmptySubsequences: false)
                    .dropLast().map { String(decoding: $0, as: UTF8.self) })
        }

        /// The alternatives, read again by the options that they were checked with.
        func tests(_ options: PatternOptions) -> [Test] {
            let text = UnsafeRawBufferPointer(rebasing: bytes[pathLength...])
                .assumingMemoryBound(to: UInt8.self)
            guard let (node, _) = NodeReader.value(text, at: 0, depth: options.maximumDepth),
                case .array(let items) = node.kind
            else { preconditionFailure("a list that was checked is no list") }
            return items.map { item in
                do throws(PatternError) {
                    return try PatternReader.alternative(item, options)
                } catch {
                    preconditionFailure("an alternative that was checked is refused: \(error)")
                }
            }
        }
    }

    /// Calls a body with each condition and its number.
    @inline(__always)
    func eachEntry(_ body: (Int, Entry) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var place = 0
            for number in 0..<count {
                let path = Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                let list = Int(bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
                let start = place + FlatPattern.header
                let end = start + path + list
                body(
                    number,
                    Entry(
                        bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<end]),
                        pathLength: path))
                place = end
            }
        }
    }
}
