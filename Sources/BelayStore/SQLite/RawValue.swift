import Cryptography

/// What can be bound to a mark of a raw statement.
protocol RawValue {
    func bind(to statement: RawStatement, at place: Int32)
}

extension Bool: RawValue {
    func bind(to statement: RawStatement, at place: Int32) {
        statement.bind(place, self ? Int64(1) : 0)
    }
}

extension Int64: RawValue {
    func bind(to statement: RawStatement, at place: Int32) { statement.bind(place, self) }
}

extension String: RawValue {
    func bind(to statement: RawStatement, at place: Int32) { statement.bind(place, self) }
}

extension [UInt8]: RawValue {
    func bind(to statement: RawStatement, at place: Int32) { statement.bind(place, self) }
}

extension Digest: RawValue {
    func bind(to statement: RawStatement, at place: Int32) { statement.bind(place, self) }
}

extension Optional: RawValue where Wrapped: RawValue {
    func bind(to statement: RawStatement, at place: Int32) {
        if let self { self.bind(to: statement, at: place) } else { statement.bindNull(place) }
    }
}
