import CYAML

/// libyaml's events over the bytes of a file, with places as offsets in bytes.
///
/// libyaml counts characters; a file that is not plain ASCII gets a table from characters to bytes.
final class EventStream {
    /// Why libyaml stopped.
    struct Failure {
        var isUnreadable: Bool
        var problem: String
        /// Offset in bytes of what is wrong.
        var offset: Int
        var context: String
        /// Offset in bytes of what it belongs to, such as the quote that is not closed.
        var contextOffset: Int?
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let base: Int
    private let characters: [Int32]?
    private let count: Int
    private var holdsEvent = false

    /// The bytes must stay where they are while the stream is used.
    init(_ bytes: UnsafeBufferPointer<UInt8>, base: Int) {
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        self.base = base
        count = bytes.count
        let text = UnsafeBufferPointer(rebasing: bytes[base...])
        characters = Self.characters(of: text)
        let made = yaml_parser_initialize(parser)
        precondition(made == 1, "libyaml has no memory for a parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        if holdsEvent { yaml_event_delete(event) }
        yaml_parser_delete(parser)
        parser.deallocate()
        event.deallocate()
    }

    /// The next event, valid until the next call; nil on a failure.
    func next() -> UnsafeMutablePointer<yaml_event_t>? {
        if holdsEvent { yaml_event_delete(event) }
        holdsEvent = yaml_parser_parse(parser, event) == 1
        return holdsEvent ? event : nil
    }

    func offset(_ mark: yaml_mark_t) -> Int {
        guard let characters else { return min(base + mark.index, count) }
        return base + Int(characters[min(mark.index, characters.count - 1)])
    }

    var failure: Failure {
        let state = parser.pointee
        func text(_ pointer: UnsafePointer<CChar>?) -> String {
            pointer.map { String(cString: $0) } ?? ""
        }
        let isUnreadable = state.error == YAML_READER_ERROR
        return Failure(
            isUnreadable: isUnreadable, problem: text(state.problem),
            offset: isUnreadable ? base + state.problem_offset : offset(state.problem_mark),
            context: text(state.context),
            contextOffset: state.context == nil ? nil : offset(state.context_mark))
    }

    /// The offset of each character and of the end; nil if each is one byte.
    private static func characters(of bytes: UnsafeBufferPointer<UInt8>) -> [Int32]? {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return nil }
        var starts: [Int32] = []
        starts.reserveCapacity(bytes.count + 1)
        for (place, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            starts.append(Int32(place))
        }
        starts.append(Int32(bytes.count))
        return starts
    }
}
