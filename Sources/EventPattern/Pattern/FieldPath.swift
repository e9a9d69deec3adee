/// The path of a field as its segments: `detail.state` is `["detail", "state"]`.
///
/// Compared by UTF-8 bytes. A key with dots is several segments, unless its parent's keys are whole.
public struct FieldPath: Sendable, Hashable, Comparable {
    public let segments: [String]

    public init(_ segments: [String]) { self.segments = segments }

    /// The segments joined with dots.
    public var text: String { segments.joined(separator: ".") }

    public static func == (left: FieldPath, right: FieldPath) -> Bool {
        guard left.segments.count == right.segments.count else { return false }
        for index in left.segments.indices {
            let (a, b) = (left.segments[index].utf8, right.segments[index].utf8)
            guard a.count == b.count, a.elementsEqual(b) else { return false }
        }
        return true
    }

    public static func < (left: FieldPath, right: FieldPath) -> Bool {
        for (a, b) in zip(left.segments, right.segments) where !a.utf8.elementsEqual(b.utf8) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return left.segments.count < right.segments.count
    }

    public func hash(into hasher: inout Hasher) {
        for segment in segments {
            var segment = segment
            segment.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xFF as UInt8)
        }
    }

    /// This path with a key below it: split at its dots until a parent is reached whose keys are whole.
    func appending(_ key: String, whole: Set<[String]>) -> FieldPath {
        if whole.isEmpty {
            guard key.utf8.contains(UInt8(ascii: ".")) else { return FieldPath(segments + [key]) }
            return FieldPath(segments + Self.split(key))
        }
        var result = segments
        var rest = key[...]
        while !whole.contains(result),
            let dot = rest.utf8.firstIndex(of: UInt8(ascii: "."))
        {
            result.append(String(rest[..<dot]))
            rest = rest[rest.utf8.index(after: dot)...]
        }
        result.append(String(rest))
        return FieldPath(result)
    }

    private static func split(_ key: String) -> [String] {
        key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }
}

extension FieldPath: CustomStringConvertible {
    public var description: String { text }
}
