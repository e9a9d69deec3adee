import BelayEngine
import Cryptography

/// Some thousand records as they were found, side by side in one buffer, with their payloads.
struct RecordBatch: Sendable {
    /// Where bytes stand in the buffer.
    struct Piece: Sendable {
        var start: Int
        var count: Int
    }

    /// A payload's row.
    struct Payload: Sendable {
        var name: Piece
        var salt: Piece
        var bytes: Piece
    }

    /// What the record's row repeats of the record; exports have none of it.
    struct Columns: Sendable {
        var id: Piece
        var chain: Piece
        var kind: Piece
        var at: Int64
        var leaf: Piece
    }

    struct Entry: Sendable {
        var index: Int64
        var bytes: Piece
        var payloads: Range<Int>
        var columns: Columns?
    }

    private var buffer: [UInt8] = []
    private(set) var entries: [Entry] = []
    private(set) var payloads: [Payload] = []

    var count: Int { entries.count }

    mutating func removeAll() {
        buffer.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        payloads.removeAll(keepingCapacity: true)
    }

    mutating func keep(_ bytes: UnsafeRawBufferPointer) -> Piece {
        let start = buffer.count
        buffer.append(contentsOf: bytes)
        return Piece(start: start, count: bytes.count)
    }

    mutating func keep(_ bytes: [UInt8]) -> Piece { bytes.withUnsafeBytes { keep($0) } }

    mutating func add(_ payload: Payload) { payloads.append(payload) }

    /// Takes a record to which all payloads belong that were added since the last one.
    mutating func add(index: Int64, bytes: Piece, columns: Columns?) {
        let first = entries.last?.payloads.upperBound ?? 0
        entries.append(
            Entry(
                index: index, bytes: bytes, payloads: first..<payloads.count, columns: columns))
    }

    /// A record's bytes, for words about it.
    func bytes(of place: Int) -> [UInt8] {
        let piece = entries[place].bytes
        return Array(buffer[piece.start..<piece.start + piece.count])
    }

    func withBuffer<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try buffer.withUnsafeBytes(body)
    }
}

extension UnsafeRawBufferPointer {
    subscript(piece: RecordBatch.Piece) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[piece.start..<piece.start + piece.count])
    }
}
