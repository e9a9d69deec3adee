package import JSON

extension ActionContract {
    /// An answer with its outputs in the types that the contract declares: a `number` is a number even if the
    /// answer says 71, and an `integer` is whole even if it says 71.0.
    ///
    /// Members that are not declared, or do not have the declared type, stay as they are.
    package func typed(_ output: JSONValue) -> JSONValue {
        guard case .object(var object) = output else { return output }
        for contract in outputs {
            guard let value = object[contract.name] else { continue }
            object[contract.name] = contract.type.typed(value)
        }
        return .object(object)
    }
}

extension ValueType {
    /// The value in this type's own form; numbers only, everything else stays as it is.
    package func typed(_ value: JSONValue) -> JSONValue {
        switch (self, value) {
        case (.number, .integer(let whole)): .number(Double(whole))
        case (.number, .bignum(let text)): Double(text).map(JSONValue.number) ?? value
        case (.integer, .number(let number)): Int64(exactly: number).map(JSONValue.integer) ?? value
        default: value
        }
    }
}
