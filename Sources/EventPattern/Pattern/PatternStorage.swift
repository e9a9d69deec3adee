import Synchronization

/// A pattern as it is kept: read in full, or checked and cut into its conditions' bytes, which compiling needs no
/// more than; the full reading then follows when somebody asks for it.
final class PatternStorage: Sendable {
    let options: PatternOptions
    /// The conditions' bytes of a pattern of common shape.
    let flat: FlatPattern?
    /// The text of a pattern of common shape.
    private let json: [UInt8]
    private let read = AtomicLazyReference<PatternReading>()

    init(json: [UInt8], _ options: PatternOptions) throws(PatternError) {
        self.options = options
        flat = FlatReader.read(json, options)
        self.json = flat == nil ? [] : json
        guard flat == nil else { return }
        _ = read.storeIfNil(
            try PatternReading(try NodeReader.read(json, depth: options.maximumDepth), options))
    }

    init(_ node: PatternNode, _ options: PatternOptions) throws(PatternError) {
        self.options = options
        flat = nil
        json = []
        _ = read.storeIfNil(try PatternReading(node, options))
    }

    /// The pattern in full.
    var reading: PatternReading {
        if let known = read.load() { return known }
        do throws(PatternError) {
            let node = try NodeReader.read(json, depth: options.maximumDepth)
            return read.storeIfNil(try PatternReading(node, options))
        } catch {
            preconditionFailure("a pattern of common shape is refused: \(error)")
        }
    }
}
