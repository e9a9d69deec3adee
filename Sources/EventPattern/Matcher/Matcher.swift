/// An immutable matcher: which of many named patterns match an event.
///
/// Safe to share between threads; each thread brings its own `MatchScratch`. What an event costs follows the rules
/// that its values lead to, not the number of rules.
public struct Matcher: Sendable {
    /// The names of the rules; results are indices of this array.
    public let ruleNames: [String]
    public let bounds: EventBounds
    let program: Program

    init(names: [String], program: Program, bounds: EventBounds) {
        ruleNames = names
        self.bounds = bounds
        self.program = program
    }

    /// The bytes that the matcher's tables and rule names take, without what RE2 keeps for its expressions.
    public var byteCount: Int {
        program.byteCount
            + ruleNames.reduce(0) {
                $0 + MemoryLayout<String>.stride + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0)
            }
    }

    /// Makes the working memory that one thread needs; it serves any number of events.
    public func makeScratch() -> MatchScratch { MatchScratch() }

    /// Matches an event given as the UTF-8 bytes of a JSON object; the result is in `scratch.rules`.
    ///
    /// The whole event is checked as JSON; text after its closing brace is ignored.
    public func match(_ event: [UInt8], using scratch: MatchScratch) throws(EventError) {
        let fault = event.withUnsafeBytes { find($0, scratch) }
        if let fault { throw fault }
    }

    /// Matches an event given as the UTF-8 bytes of a JSON object; the result is in `scratch.rules`.
    ///
    /// The whole event is checked as JSON; text after its closing brace is ignored.
    public func match(_ event: UnsafeRawBufferPointer, using scratch: MatchScratch)
        throws(EventError)
    {
        if let fault = find(event, scratch) { throw fault }
    }

    /// Matches an event given as values; the result is in `scratch.rules`.
    public func match(_ event: EventValue, using scratch: MatchScratch) throws(EventError) {
        scratch.begin(program)
        program.withView { view in
            ValueScanner(nodes: PathLookup(view), scratch: scratch).scan(event)
            run(view, scratch)
        }
        if scratch.isExhausted { throw EventError.tooManyChoices }
    }

    /// The names of the rules that match an event given as the UTF-8 bytes of a JSON object, in the order in
    /// which they were added.
    public func rules(matching event: [UInt8]) throws(EventError) -> [String] {
        let scratch = makeScratch()
        try match(event, using: scratch)
        return scratch.rules.sorted().map { ruleNames[Int($0)] }
    }

    @inline(__always)
    private func find(_ event: UnsafeRawBufferPointer, _ scratch: MatchScratch) -> EventError? {
        scratch.begin(program)
        guard event.count <= bounds.size else {
            return EventError("the event is longer than \(bounds.size) bytes", at: bounds.size)
        }
        let start = scratch.copy(event)
        program.withView { view in
            let scanner = EventScanner(
                paths: PathLookup(view), context: scratch.context,
                scratch: Unmanaged.passUnretained(scratch), start: start, depthLimit: bounds.depth)
            if scanner.scan() { run(view, scratch) }
        }
        if scratch.context.pointee.fault != .none { return fault(scratch) }
        return scratch.isExhausted ? EventError.tooManyChoices : nil
    }

    @inline(__always)
    private func run(_ view: ProgramView, _ scratch: MatchScratch) {
        Matching(
            view: view,
            tests: LeafTests(view: view, expressions: Unmanaged.passUnretained(program)),
            context: scratch.context, scratch: Unmanaged.passUnretained(scratch),
            always: program.always,
            steps: bounds.steps
        ).run()
    }

    @inline(never)
    private func fault(_ scratch: MatchScratch) -> EventError {
        EventError(
            scratch.context.pointee.fault.message(bounds), at: scratch.context.pointee.faultPlace)
    }
}
