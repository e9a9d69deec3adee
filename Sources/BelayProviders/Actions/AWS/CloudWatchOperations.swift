import BelayCompiler
import BelayEngine
import JSON

/// CloudWatch: the newest value of a metric.
extension AWSDefinition {
    package static let cloudwatch = AWSDefinition(
        "aws.cloudwatch", description: "Metrics of CloudWatch.", [cloudwatchMetric])

    private static let cloudwatchMetric = AWSOperation(
        OperationContract(
            "metric",
            action: ActionContract(
                "aws.cloudwatch.metric", description: "Read the newest value of a metric.",
                effect: .read,
                recovery: .pure,
                inputs: [
                    InputContract(
                        "namespace", .string, required: true, description: "Such as AWS/RDS."),
                    InputContract(
                        "metric", .string, required: true, description: "Such as CPUUtilization."),
                    InputContract("dimensions", .map, description: "Names to values."),
                    InputContract(
                        "statistic", .string,
                        allowed: ["Average", "Maximum", "Minimum", "SampleCount", "Sum"],
                        standard: "Average"),
                    InputContract(
                        "period", .integer, standard: 60, description: "Seconds of one value."),
                    InputContract(
                        "window", .integer, standard: 600,
                        description: "Seconds back in which a value must lie."),
                ],
                outputs: [OutputContract("value", .number, description: "The newest value.")],
                timeout: .seconds(10)),
            serves: ["metrics.query"], permissions: ["cloudwatch:GetMetricStatistics"]),
        call: { call throws(Refusal) in
            let period = try call.integer("period") ?? 60
            let window = try call.integer("window") ?? 600
            guard period > 0, window >= period else {
                throw .invalid("'period' must be positive, and 'window' at least as long")
            }
            let now = call.now
            let dimensions = try call.textMap("dimensions").enumerated().flatMap { place, pair in
                [
                    ("Dimensions.member.\(place + 1).Name", pair.0),
                    ("Dimensions.member.\(place + 1).Value", pair.1),
                ]
            }
            return AWSCall(
                .cloudwatch, "GetMetricStatistics",
                .form(
                    [
                        ("Namespace", try call.required("namespace")),
                        ("MetricName", try call.required("metric")),
                        ("StartTime", (now - .seconds(window)).shortRFC3339),
                        ("EndTime", (now + .seconds(1)).shortRFC3339),
                        ("Period", String(period)),
                        ("Statistics.member.1", call.text("statistic") ?? "Average"),
                    ] + dimensions))
        },
        output: { call, response throws(Refusal) in
            let points = response.xml?.first("Datapoints")?.all("member") ?? []
            let newest = points.max { ($0.text("Timestamp") ?? "") < ($1.text("Timestamp") ?? "") }
            guard let text = newest?.text(call.text("statistic") ?? "Average"),
                let value = Double(text)
            else {
                throw Refusal(
                    .failed(
                        .noData, retryable: true, message: "the metric has no value in the window"))
            }
            return ["value": .number(value)]
        })
}
