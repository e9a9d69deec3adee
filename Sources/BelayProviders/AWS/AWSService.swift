/// An AWS service: how its endpoint is named, what its requests are signed for, and how it is spoken to.
package struct AWSService: Sendable, Hashable {
    /// How operations and parameters are written.
    package enum Style: Sendable, Hashable {
        /// `X-Amz-Target: PREFIX.Operation`, JSON both ways.
        case json(target: String)
        /// A form with `Action` and `Version`, XML back.
        case query(version: String)
        /// Method and path of the operation's own, JSON both ways.
        case rest
    }

    /// The first label of the endpoint, and the suffix of `AWS_ENDPOINT_URL_…` in upper case.
    package let name: String
    package let variableSuffix: String
    package let style: Style

    private init(_ name: String, _ variableSuffix: String, _ style: Style) {
        self.name = name
        self.variableSuffix = variableSuffix
        self.style = style
    }

    package static let autoscaling = AWSService(
        "application-autoscaling", "APPLICATION_AUTO_SCALING",
        .json(target: "AnyScaleFrontendService"))
    package static let cloudwatch = AWSService(
        "monitoring", "CLOUDWATCH", .query(version: "2010-08-01"))
    package static let ec2 = AWSService("ec2", "EC2", .query(version: "2016-11-15"))
    package static let ecs = AWSService(
        "ecs", "ECS", .json(target: "AmazonEC2ContainerServiceV20141113"))
    package static let elasticache = AWSService(
        "elasticache", "ELASTICACHE", .query(version: "2015-02-02"))
    /// One for a whole partition, in the region that `homeRegion` names.
    package static let iam = AWSService("iam", "IAM", .query(version: "2010-05-08"))
    package static let lambda = AWSService("lambda", "LAMBDA", .rest)
    package static let rds = AWSService("rds", "RDS", .query(version: "2014-10-31"))
    package static let secretsManager = AWSService(
        "secretsmanager", "SECRETS_MANAGER", .json(target: "secretsmanager"))
    package static let sns = AWSService("sns", "SNS", .query(version: "2010-03-31"))
    package static let ssm = AWSService("ssm", "SSM", .json(target: "AmazonSSM"))
    package static let sts = AWSService("sts", "STS", .query(version: "2011-06-15"))
}

/// Why there is no endpoint.
package struct AWSEndpointError: Error, Sendable, Hashable {
    package let message: String
}

extension AWSService {
    /// The address of this service in a region: what the binding says, `AWS_ENDPOINT_URL_SERVICE`,
    /// `AWS_ENDPOINT_URL`, or the public endpoint of the region's partition.
    package func endpoint(
        region: String, override: String? = nil, variable: (String) -> String?
    ) throws(AWSEndpointError) -> WebAddress {
        let stated =
            override ?? variable("AWS_ENDPOINT_URL_\(variableSuffix)")
            ?? variable("AWS_ENDPOINT_URL")
        if let stated, !stated.isEmpty {
            do throws(WebAddressError) {
                return try WebAddress(stated)
            } catch {
                throw AWSEndpointError(message: "the endpoint '\(stated)': \(error.message)")
            }
        }
        let isRegion = region.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isRegion, !region.isEmpty else {
            throw AWSEndpointError(message: "'\(region)' is not the name of a region")
        }
        let place = self == .iam ? name : "\(name).\(region)"
        let host = "\(place).\(AWSService.domain(of: region))"
        return WebAddress(scheme: "https", host: host, port: 443)
    }

    /// The region that calls are signed for: IAM lives in one of its partition only.
    package func signingRegion(_ region: String) -> String {
        guard self == .iam else { return region }
        if region.hasPrefix("cn-") { return "cn-north-1" }
        return region.hasPrefix("us-gov-") ? "us-gov-west-1" : "us-east-1"
    }

    /// The domain of a region's partition.
    private static func domain(of region: String) -> String {
        let partitions = [
            "cn-": "amazonaws.com.cn", "us-iso-": "c2s.ic.gov", "us-isob-": "sc2s.sgov.gov",
            "eu-isoe-": "cloud.adc-e.uk", "us-isof-": "csp.hci.ic.gov", "eusc-": "amazonaws.eu",
        ]
        return partitions.first { region.hasPrefix($0.key) }?.value ?? "amazonaws.com"
    }
}
