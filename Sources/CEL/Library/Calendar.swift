extension StandardFunctions {
    /// A part of a moment, in UTC or a named zone; some also of a duration.
    private static func part(
        _ name: String, ofDuration: (@Sendable (Int64) -> Int64)? = nil,
        ofMoment: @escaping @Sendable (CivilTime, CELTimestamp) -> Int
    ) -> CELFunction {
        var overloads = [
            CELOverload.member(of: .timestamp, result: .int),
            CELOverload.member(of: .timestamp, .string, result: .int),
        ]
        if ofDuration != nil { overloads.append(.member(of: .duration, result: .int)) }
        return CELFunction(
            name, overloads, .standard, .one,
            .variadic { values throws(CELError) in
                switch (values[0], values.count > 1 ? values[1] : nil) {
                case (.timestamp(let moment), nil):
                    return .int(Int64(ofMoment(CivilTime(seconds: moment.seconds), moment)))
                case (.timestamp(let moment), .string(let zone)):
                    guard let offset = TimeZoneTable.offset(of: zone, at: moment.seconds) else {
                        throw CELError(.invalidArgument, "unknown time zone \(quoted(zone))")
                    }
                    let civil = CivilTime(seconds: moment.seconds + Int64(offset))
                    return .int(Int64(ofMoment(civil, moment)))
                case (.duration(let span), nil):
                    if let ofDuration { return .int(ofDuration(span.nanoseconds)) }
                default: break
                }
                throw CELError.noOverload(name, values)
            })
    }

    static let calendar: [CELFunction] = [
        part("getFullYear", ofMoment: { civil, _ in civil.year }),
        part("getMonth", ofMoment: { civil, _ in civil.month - 1 }),
        part("getDate", ofMoment: { civil, _ in civil.day }),
        part("getDayOfMonth", ofMoment: { civil, _ in civil.day - 1 }),
        part("getDayOfWeek", ofMoment: { civil, _ in civil.dayOfWeek }),
        part("getDayOfYear", ofMoment: { civil, _ in civil.dayOfYear }),
        part(
            "getHours", ofDuration: { $0 / 3_600_000_000_000 }, ofMoment: { civil, _ in civil.hour }
        ),
        part(
            "getMinutes", ofDuration: { $0 / 60_000_000_000 },
            ofMoment: { civil, _ in civil.minute }),
        part(
            "getSeconds", ofDuration: { $0 / 1_000_000_000 }, ofMoment: { civil, _ in civil.second }
        ),
        part(
            "getMilliseconds", ofDuration: { $0 / 1_000_000 % 1000 },
            ofMoment: { _, moment in
                Int(moment.nanos / 1_000_000)
            }),
    ]
}
