// Text as CEL means it: UTF-8 bytes and code points, never grapheme clusters or canonical forms.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Calls `body` with the text's UTF-8 bytes, without a copy for native and small strings.
@inline(__always)
func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let result = text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
    if let result { return result }
    return Array(text.utf8).withUnsafeBytes { body($0) }
}

/// Whether two texts are the same bytes.
@inline(__always)
func sameText(_ left: String, _ right: String) -> Bool {
    let leftBits = unsafeBitCast(left, to: (UInt64, UInt64).self)
    let rightBits = unsafeBitCast(right, to: (UInt64, UInt64).self)
    if leftBits == rightBits { return true }
    if left.utf8.count != right.utf8.count { return false }
    return withBytes(left) { a in withBytes(right) { b in sameBytes(a, b) } }
}

@inline(__always)
func sameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return left.isEmpty }
    return memcmp(a, b, left.count) == 0
}

/// Negative, zero or positive as the left text's bytes come before, at or after the right's.
func compareText(_ left: String, _ right: String) -> Int {
    withBytes(left) { a in withBytes(right) { b in compareBytes(a, b) } }
}

func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let a = left.baseAddress, let b = right.baseAddress {
        let order = memcmp(a, b, common)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}

func textHasPrefix(_ text: String, _ prefix: String) -> Bool {
    withBytes(text) { a in
        withBytes(prefix) { b in
            a.count >= b.count && sameBytes(UnsafeRawBufferPointer(rebasing: a[..<b.count]), b)
        }
    }
}

func textHasSuffix(_ text: String, _ suffix: String) -> Bool {
    withBytes(text) { a in
        withBytes(suffix) { b in
            a.count >= b.count
                && sameBytes(UnsafeRawBufferPointer(rebasing: a[(a.count - b.count)...]), b)
        }
    }
}

func textContains(_ text: String, _ part: String) -> Bool {
    withBytes(text) { a in withBytes(part) { b in findBytes(b, in: a) != nil } }
}

/// The byte offset of the first occurrence at or after `start`, in linear time.
func findBytes(
    _ part: UnsafeRawBufferPointer, in whole: UnsafeRawBufferPointer, from start: Int = 0
) -> Int? {
    guard start + part.count <= whole.count else { return nil }
    guard let head = part.first, let a = whole.baseAddress, let b = part.baseAddress else {
        return start
    }
    if part.count > 32 { return findLong(part, in: whole, from: start) }
    let last = whole.count - part.count
    var i = start
    while i <= last {
        guard let hit = memchr(a + i, Int32(head), last - i + 1) else { return nil }
        i = UnsafeRawPointer(hit) - a
        if memcmp(a + i, b, part.count) == 0 { return i }
        i += 1
    }
    return nil
}

/// The search of Knuth, Morris and Pratt: no text makes it slow.
private func findLong(
    _ part: UnsafeRawBufferPointer, in whole: UnsafeRawBufferPointer, from start: Int
) -> Int? {
    var borders = [Int](repeating: 0, count: part.count)
    var k = 0
    for i in 1..<part.count {
        while k > 0, part[i] != part[k] { k = borders[k - 1] }
        if part[i] == part[k] { k += 1 }
        borders[i] = k
    }
    k = 0
    for i in start..<whole.count {
        while k > 0, whole[i] != part[k] { k = borders[k - 1] }
        if whole[i] == part[k] { k += 1 }
        if k == part.count { return i + 1 - k }
    }
    return nil
}

/// How many code points the text has.
func codePointCount(_ text: String) -> Int {
    withBytes(text) { bytes in
        var count = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
