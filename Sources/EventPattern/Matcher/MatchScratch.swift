/// The working memory of one thread: buffers kept from event to event, and the last result.
///
/// Use it with one matcher at a time; a change of matcher resizes and clears the buffers.
public final class MatchScratch {
    let context: UnsafeMutablePointer<MatchContext>
    var tree = ElementTree()
    var consistency = ArrayConsistency()
    /// Set if a search of shared arrays was given up.
    var isExhausted = false
    /// The chunks that hold the texts of events given as values, and the place in the last.
    var texts = TextArena()
    private var program: Program?
    /// The bytes of the event at hand.
    private(set) var eventLength = 0

    /// Bytes after the event and every text that may be read.
    static let padding = 64

    public init() {
        context = .allocate(capacity: 1)
        context.initialize(
            to: MatchContext(
                event: .allocate(capacity: 4096), eventCapacity: 4096,
                leaves: .allocate(capacity: 64), leafCapacity: 64, fields: .allocate(capacity: 1),
                memo: .allocate(capacity: 1), reported: .allocate(capacity: 1),
                results: .allocate(capacity: 1), folded: .allocate(capacity: 256),
                foldedCapacity: 256))
    }

    deinit {
        context.pointee.event.deallocate()
        context.pointee.leaves.deallocate()
        context.pointee.fields.deallocate()
        context.pointee.memo.deallocate()
        context.pointee.reported.deallocate()
        context.pointee.results.deallocate()
        context.pointee.folded.deallocate()
        context.deallocate()
    }

    /// The rules that the last event matched, as indices of `Matcher.ruleNames`, each once, in no order.
    ///
    /// Valid until the scratch is used again.
    public var rules: UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: context.pointee.results, count: context.pointee.resultCount)
    }

    /// Makes the buffers fit a program and begins a new event.
    @inline(__always)
    func begin(_ program: Program) {
        if self.program !== program { adopt(program) }
        if context.pointee.epoch == UInt32.max >> 1 { clear(program) }
        context.pointee.epoch += 1
        context.pointee.leafCount = 0
        for index in 0..<context.pointee.resultCount {
            context.pointee.reported[Int(context.pointee.results[index]) &>> 6] = 0
        }
        context.pointee.resultCount = 0
        context.pointee.fault = .none
        if context.pointee.sharesArrays {
            context.pointee.sharesArrays = false
            tree.clear()
            isExhausted = false
        }
    }

    @inline(never)
    private func adopt(_ program: Program) {
        context.pointee.resultCount = 0
        context.pointee.fields.deallocate()
        context.pointee.memo.deallocate()
        context.pointee.reported.deallocate()
        context.pointee.results.deallocate()
        context.pointee.fields = .allocate(capacity: max(program.fields.count, 1))
        context.pointee.memo = .allocate(capacity: max(program.conditions.count, 1))
        context.pointee.reported = .allocate(capacity: program.ruleCount / 64 + 1)
        context.pointee.results = .allocate(capacity: max(program.ruleCount, 1))
        self.program = program
        clear(program)
    }

    private func clear(_ program: Program) {
        context.pointee.fields.initialize(
            repeating: MatchContext.FieldState(epoch: 0, first: -1, last: -1),
            count: program.fields.count)
        context.pointee.memo.initialize(repeating: 0, count: program.conditions.count)
        context.pointee.reported.initialize(repeating: 0, count: program.ruleCount / 64 + 1)
        context.pointee.epoch = 0
    }

    /// Copies an event into the scratch, with padding behind it.
    @inline(__always)
    func copy(_ event: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8> {
        eventLength = event.count
        let needed = event.count + MatchScratch.padding
        if needed > context.pointee.eventCapacity { grow(needed) }
        let start = context.pointee.event
        if let base = event.baseAddress {
            UnsafeMutableRawPointer(start).copyMemory(from: base, byteCount: event.count)
        }
        (start + event.count).initialize(repeating: 0, count: MatchScratch.padding)
        return start
    }

    @inline(never)
    private func grow(_ needed: Int) {
        context.pointee.event.deallocate()
        context.pointee.eventCapacity = max(needed, context.pointee.eventCapacity * 2)
        context.pointee.event = .allocate(capacity: context.pointee.eventCapacity)
    }
}

/// Memory for texts that never move: chunks that are kept from event to event.
struct TextArena: ~Copyable {
    private var chunks: [UnsafeMutableBufferPointer<UInt8>] = []
    private var chunk = 0
    private var used = 0

    deinit { for chunk in chunks { chunk.deallocate() } }

    mutating func clear() {
        chunk = 0
        used = 0
    }

    /// Copies a text's UTF-8 bytes, with padding behind them.
    mutating func copy(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        let needed = text.count + MatchScratch.padding
        while chunk < chunks.count, chunks[chunk].count - used < needed {
            chunk += 1
            used = 0
        }
        if chunk == chunks.count { chunks.append(.allocate(capacity: max(needed, 1 << 14))) }
        let start = chunks[chunk].baseAddress! + used
        if let base = text.baseAddress { start.initialize(from: base, count: text.count) }
        (start + text.count).initialize(repeating: 0, count: MatchScratch.padding)
        used += needed
        return start
    }
}
