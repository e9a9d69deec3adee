/// Walks an event's bytes once: checks the whole of it as JSON, and collects the leaves of the fields that rules
/// name. What no rule names is checked and stepped over.
///
/// The bytes are the scratch's own copy with zeros behind: a zero ends every loop, so no place is compared with
/// the end. Every function takes the place to read from and gives the place after what it read, or nil after
/// noting a fault.
struct EventScanner {
    typealias Place = UnsafeMutablePointer<UInt8>

    let paths: PathLookup
    let context: UnsafeMutablePointer<MatchContext>
    let scratch: Unmanaged<MatchScratch>
    let start: Place
    let depthLimit: Int

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Scans the whole event; false if it has a fault.
    func scan() -> Bool {
        let place = afterSpace(start)
        guard place.pointee == UInt8(ascii: "{") else { return fail(.notAnObject, place) != nil }
        return object(place + 1, 0, 1) != nil
    }

    @inline(never)
    private func fail(_ fault: MatchContext.Fault, _ place: Place) -> Place? {
        if context.pointee.fault == .none {
            context.pointee.fault = fault
            context.pointee.faultPlace = place - start
        }
        return nil
    }

    @inline(__always)
    private func afterSpace(_ place: Place) -> Place {
        place.pointee > 0x20 ? place : afterLongSpace(place)
    }

    @inline(never)
    private func afterLongSpace(_ place: Place) -> Place {
        var place = place
        while place.pointee == 0x20 || place.pointee == 0x0A || place.pointee == 0x0D
            || place.pointee == 0x09
        {
            place += 1
        }
        return place
    }
}

// MARK: - Objects and arrays

extension EventScanner {
    /// The members of an object, from after its brace.
    private func object(_ place: Place, _ node: Int, _ depth: Int) -> Place? {
        guard depth <= depthLimit else { return fail(.tooDeep, place - 1) }
        var place = afterSpace(place)
        if place.pointee == UInt8(ascii: "}") { return place + 1 }
        while true {
            guard place.pointee == Self.quote else { return fail(.expectedKey, place) }
            let key = place + 1
            guard let found = text(key) else { return nil }
            place = afterSpace(found.end + 1)
            guard place.pointee == UInt8(ascii: ":") else { return fail(.expectedColon, place) }
            place = afterSpace(place + 1)
            let end = found.escaped ? decode(key, found.end) : found.end
            let child = paths.child(of: node, key, end - key)
            let next = child == 0 ? skip(place, depth) : value(place, child, depth)
            guard let next else { return nil }
            place = afterSpace(next)
            if place.pointee == UInt8(ascii: ",") {
                place = afterSpace(place + 1)
            } else if place.pointee == UInt8(ascii: "}") {
                return place + 1
            } else {
                return fail(.expectedCommaOrBrace, place)
            }
        }
    }

    /// The elements of an array at a node that rules name, from after its bracket.
    private func array(_ place: Place, _ node: Int, _ depth: Int) -> Place? {
        guard depth <= depthLimit else { return fail(.tooDeep, place - 1) }
        if paths.view.nodes[node].fieldsBelow > 1 { return sharedArray(place, node, depth) }
        var place = afterSpace(place)
        if place.pointee == UInt8(ascii: "]") { return place + 1 }
        while true {
            guard let next = value(place, node, depth) else { return nil }
            guard let after = afterElement(next) else { return nil }
            if after.isLast { return after.place }
            place = after.place
        }
    }

    /// An array that several fields may have leaves in: its elements are noted.
    private func sharedArray(_ place: Place, _ node: Int, _ depth: Int) -> Place? {
        let scratch = scratch._withUnsafeGuaranteedRef { $0 }
        if !context.pointee.sharesArrays {
            context.pointee.sharesArrays = true
            for _ in 0..<context.pointee.leafCount { scratch.tree.addLeaf() }
        }
        let number = scratch.tree.enterArray()
        defer { scratch.tree.leaveArray(number) }
        var place = afterSpace(place)
        if place.pointee == UInt8(ascii: "]") { return place + 1 }
        while true {
            let isElement = place.pointee == UInt8(ascii: "{") || place.pointee == UInt8(ascii: "[")
            if isElement { scratch.tree.enterElement(of: number) }
            let next = value(place, node, depth)
            if isElement { scratch.tree.leaveElement() }
            guard let next, let after = afterElement(next) else { return nil }
            if after.isLast { return after.place }
            place = after.place
        }
    }

    @inline(__always)
    private func afterElement(_ place: Place) -> (place: Place, isLast: Bool)? {
        let place = afterSpace(place)
        if place.pointee == UInt8(ascii: ",") { return (afterSpace(place + 1), false) }
        if place.pointee == UInt8(ascii: "]") { return (place + 1, true) }
        _ = fail(.expectedCommaOrBracket, place)
        return nil
    }

    /// A value at a node that rules name.
    @inline(__always)
    private func value(_ place: Place, _ node: Int, _ depth: Int) -> Place? {
        switch place.pointee {
        case Self.quote:
            let field = paths.view.nodes[node].field
            guard let found = text(place + 1) else { return nil }
            if field >= 0 {
                let end = found.escaped ? decode(place + 1, found.end) : found.end
                add(.text, field, place + 1, end - (place + 1), 0)
            }
            return found.end + 1
        case UInt8(ascii: "{"): return object(place + 1, node, depth + 1)
        case UInt8(ascii: "["): return array(place + 1, node, depth + 1)
        default: return scalar(place, node)
        }
    }

    @inline(never)
    private func scalar(_ place: Place, _ node: Int) -> Place? {
        let field = paths.view.nodes[node].field
        let kind: LeafKind
        switch place.pointee {
        case UInt8(ascii: "t"): kind = .yes
        case UInt8(ascii: "f"): kind = .no
        case UInt8(ascii: "n"): kind = .null
        default:
            guard field >= 0 else { return skipNumber(place) }
            return number(place, field)
        }
        guard let next = skipWord(place) else { return nil }
        if field >= 0 { add(kind, field, place, next - place, 0) }
        return next
    }

    private func number(_ place: Place, _ field: Int32) -> Place? {
        guard let (end, kind, bits) = NumberScanner.read(place) else {
            return fail(.badNumber, place)
        }
        guard end > UnsafePointer(place) else { return fail(.expectedValue, place) }
        let length = end - UnsafePointer(place)
        add(kind, field, place, length, bits)
        return place + length
    }
}

// MARK: - Leaves

extension EventScanner {
    @inline(__always)
    private func add(
        _ kind: LeafKind, _ field: Int32, _ start: Place, _ length: Int, _ bits: UInt64
    ) {
        LeafCollector(context: context, scratch: scratch).add(
            kind, UInt32(field), start, length, bits)
    }
}

/// Adds leaves to a match's working memory.
struct LeafCollector {
    let context: UnsafeMutablePointer<MatchContext>
    let scratch: Unmanaged<MatchScratch>

    @inline(__always)
    func add(
        _ kind: LeafKind, _ field: UInt32, _ start: UnsafePointer<UInt8>, _ length: Int,
        _ bits: UInt64
    ) {
        let number = context.pointee.leafCount
        if number == context.pointee.leafCapacity { grow() }
        context.pointee.leaves[number] = Leaf(
            start: start, length: UInt32(truncatingIfNeeded: length), kind: kind, field: field,
            next: -1,
            bits: bits)
        context.pointee.leafCount = number + 1
        let state = context.pointee.fields + Int(field)
        if state.pointee.epoch == context.pointee.epoch {
            context.pointee.leaves[Int(state.pointee.last)].next = Int32(truncatingIfNeeded: number)
            state.pointee.last = Int32(truncatingIfNeeded: number)
        } else {
            state.pointee = MatchContext.FieldState(
                epoch: context.pointee.epoch, first: Int32(truncatingIfNeeded: number),
                last: Int32(truncatingIfNeeded: number))
        }
        if context.pointee.sharesArrays { scratch._withUnsafeGuaranteedRef { $0.tree.addLeaf() } }
    }

    @inline(never)
    private func grow() {
        let capacity = context.pointee.leafCapacity
        let new = UnsafeMutablePointer<Leaf>.allocate(capacity: capacity * 2)
        new.moveInitialize(from: context.pointee.leaves, count: capacity)
        context.pointee.leaves.deallocate()
        context.pointee.leaves = new
        context.pointee.leafCapacity = capacity * 2
    }
}

// MARK: - Text

extension EventScanner {
    /// The end of a text, from after its opening quote to its closing quote, and whether it has escapes.
    @inline(__always)
    private func text(_ from: Place) -> (end: Place, escaped: Bool)? {
        var place = from
        while true {
            let stops = WordScan.stops(Hashing.word(place))
            if stops != 0 {
                place += stops.trailingZeroBitCount &>> 3
                break
            }
            place += 8
        }
        if place.pointee == Self.quote { return (place, false) }
        return longText(place, from)
    }

    /// The rest of a text with escapes, or beyond ASCII, or with a fault.
    @inline(never)
    private func longText(_ from: Place, _ opening: Place) -> (end: Place, escaped: Bool)? {
        var place = from
        var escaped = false
        while true {
            let byte = place.pointee
            switch byte {
            case Self.quote: return (place, escaped)
            case Self.backslash:
                guard let length = escape(place) else {
                    _ = fail(.badEscape, place)
                    return nil
                }
                escaped = true
                place += length
            case 0x20..<0x80: place += 1
            case 0x80...:
                guard let length = scalarLength(place) else {
                    _ = fail(.badUTF8, place)
                    return nil
                }
                place += length
            default:
                let ended = byte == 0 && place - start >= eventLength
                _ = ended ? fail(.unterminated, opening - 1) : fail(.controlCharacter, place)
                return nil
            }
        }
    }

    private var eventLength: Int { scratch._withUnsafeGuaranteedRef { $0.eventLength } }

    /// The length of a valid escape.
    private func escape(_ place: Place) -> Int? {
        switch place[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            return JSONGrammar.scalar(UnsafeBufferPointer(start: place, count: 12), at: 0)?.1
        default: return nil
        }
    }

    /// The length of a valid multi-byte scalar.
    private func scalarLength(_ place: Place) -> Int? {
        func isTail(_ i: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            place[i] >= low && place[i] <= high
        }
        switch place.pointee {
        case 0xC2...0xDF: return isTail(1) ? 2 : nil
        case 0xE0: return isTail(1, 0xA0) && isTail(2) ? 3 : nil
        case 0xED: return isTail(1, 0x80, 0x9F) && isTail(2) ? 3 : nil
        case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : nil
        case 0xF0: return isTail(1, 0x90) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF4: return isTail(1, 0x80, 0x8F) && isTail(2) && isTail(3) ? 4 : nil
        default: return nil
        }
    }

    /// Decodes a text's valid escapes in place and gives its new end.
    @inline(never)
    private func decode(_ from: Place, _ end: Place) -> Place {
        var write = from
        _ = JSONGrammar.unescape(UnsafeBufferPointer(start: from, count: end - from)) { byte in
            write.pointee = byte
            write += 1
        }
        return write
    }
}

// MARK: - What no rule names

extension EventScanner {
    /// Steps over a value, checking it.
    @inline(__always)
    private func skip(_ place: Place, _ depth: Int) -> Place? {
        switch place.pointee {
        case Self.quote: text(place + 1).map { $0.end + 1 }
        case UInt8(ascii: "{"): skipObject(place + 1, depth + 1)
        case UInt8(ascii: "["): skipArray(place + 1, depth + 1)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): skipWord(place)
        default: skipNumber(place)
        }
    }

    private func skipObject(_ place: Place, _ depth: Int) -> Place? {
        guard depth <= depthLimit else { return fail(.tooDeep, place - 1) }
        var place = afterSpace(place)
        if place.pointee == UInt8(ascii: "}") { return place + 1 }
        while true {
            guard place.pointee == Self.quote else { return fail(.expectedKey, place) }
            guard let (end, _) = text(place + 1) else { return nil }
            place = afterSpace(end + 1)
            guard place.pointee == UInt8(ascii: ":") else { return fail(.expectedColon, place) }
            guard let next = skip(afterSpace(place + 1), depth) else { return nil }
            place = afterSpace(next)
            if place.pointee == UInt8(ascii: ",") {
                place = afterSpace(place + 1)
            } else if place.pointee == UInt8(ascii: "}") {
                return place + 1
            } else {
                return fail(.expectedCommaOrBrace, place)
            }
        }
    }

    private func skipArray(_ place: Place, _ depth: Int) -> Place? {
        guard depth <= depthLimit else { return fail(.tooDeep, place - 1) }
        var place = afterSpace(place)
        if place.pointee == UInt8(ascii: "]") { return place + 1 }
        while true {
            guard let next = skip(place, depth), let after = afterElement(next) else { return nil }
            if after.isLast { return after.place }
            place = after.place
        }
    }

    /// Steps over `true`, `false` or `null`.
    @inline(__always)
    private func skipWord(_ place: Place) -> Place? {
        let word = UInt32(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self))
        if word == 0x6575_7274 || word == 0x6C6C_756E { return place + 4 }
        if word == 0x736C_6166, place[4] == UInt8(ascii: "e") { return place + 5 }
        return fail(.expectedValue, place)
    }

    @inline(__always)
    private func skipNumber(_ place: Place) -> Place? {
        var at = place
        if at.pointee == UInt8(ascii: "-") { at += 1 }
        let first = at
        while JSONGrammar.isDigit(at.pointee) { at += 1 }
        guard at > first, at == first + 1 || first.pointee != UInt8(ascii: "0") else {
            return fail(first == place && at == first ? .expectedValue : .badNumber, place)
        }
        if at.pointee == UInt8(ascii: ".") || at.pointee | 0x20 == UInt8(ascii: "e") {
            return skipFraction(at, place)
        }
        return at
    }

    private func skipFraction(_ from: Place, _ place: Place) -> Place? {
        var at = from
        if at.pointee == UInt8(ascii: ".") {
            at += 1
            guard JSONGrammar.isDigit(at.pointee) else { return fail(.badNumber, place) }
            while JSONGrammar.isDigit(at.pointee) { at += 1 }
        }
        if at.pointee | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: "+") { at += 1 }
            guard JSONGrammar.isDigit(at.pointee) else { return fail(.badNumber, place) }
            while JSONGrammar.isDigit(at.pointee) { at += 1 }
        }
        return at
    }
}
