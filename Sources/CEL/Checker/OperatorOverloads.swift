/// The overloads of the arithmetic and ordering operators.
enum OperatorOverloads {
    private static func same(_ types: CELType...) -> [CELOverload] {
        types.map { CELOverload([$0, $0], $0, isMember: false) }
    }

    private static let ordered: [CELOverload] = [
        CELType.int, .uint, .double, .bool, .string, .bytes, .timestamp, .duration,
    ].map { CELOverload([$0, $0], .bool, isMember: false) }

    private static let crossed: [CELOverload] = {
        let numbers: [CELType] = [.int, .uint, .double]
        return ordered
            + numbers.flatMap { left in
                numbers.filter { $0 != left }.map {
                    CELOverload([left, $0], .bool, isMember: false)
                }
            }
    }()

    private static let sums =
        same(.int, .uint, .double, .string, .bytes, .duration, .list(.parameter("T"))) + [
            CELOverload(.timestamp, .duration, result: .timestamp),
            CELOverload(.duration, .timestamp, result: .timestamp),
        ]
    private static let differences =
        same(.int, .uint, .double, .duration) + [
            CELOverload(.timestamp, .duration, result: .timestamp),
            CELOverload(.timestamp, .timestamp, result: .duration),
        ]
    private static let products = same(.int, .uint, .double)
    private static let remainders = same(.int, .uint)

    static func of(
        _ op: CELBinaryOperator, _ comparisons: CELEnvironment.NumericComparisons
    ) -> [CELOverload] {
        switch op {
        case .add: sums
        case .subtract: differences
        case .multiply, .divide: products
        case .modulo: remainders
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            comparisons == .cross ? crossed : ordered
        case .equal, .notEqual: [CELOverload(.parameter("T"), .parameter("T"), result: .bool)]
        case .within:
            [
                CELOverload(.parameter("T"), .list(.parameter("T")), result: .bool),
                CELOverload(.parameter("K"), .map(.parameter("K"), .parameter("V")), result: .bool),
            ]
        }
    }

    static let negation = [
        CELOverload(.int, result: .int), CELOverload(.double, result: .double),
    ]
}
