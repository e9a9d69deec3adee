import BelayCompiler
import JSON

/// The ARNs that a call is about, as IAM's service authorization reference names them; `*` where a service has none
/// or only the incident tells.
struct AWSResources: Sendable {
    let region: String
    let account: String

    private var partition: String {
        region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// - Parameter values: settings and inputs that are known.
    func arns(_ permission: String, _ values: JSONObject) -> [String] {
        let value = { (name: String) in
            values[name]?.scalarText.flatMap { $0.isEmpty ? nil : $0 } ?? "*"
        }
        let list = { (name: String) -> [String] in
            guard let given = values[name] else { return ["*"] }
            return (given.arrayValue ?? [given]).compactMap(\.scalarText)
        }
        switch permission {
        case "ecs:UpdateService", "ecs:DescribeServices":
            let cluster = value("cluster").split(separator: "/").last.map(String.init) ?? "*"
            return [arn("ecs", "service/\(cluster)/", value("service"))]
        case "rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:RebootDBInstance":
            return [arn("rds", "db:", value("instance"))]
        case "elasticache:ModifyCacheCluster", "elasticache:RebootCacheCluster":
            return [arn("elasticache", "cluster:", value("cluster"))]
        case "elasticache:ModifyReplicationGroup":
            return [arn("elasticache", "replicationgroup:", value("group"))]
        case "ec2:RebootInstances": return list("instances").map { arn("ec2", "instance/", $0) }
        case "sns:Publish": return [values["phone"] == nil ? value("topic") : "*"]
        case "lambda:InvokeFunction": return [function(value("function"), values["qualifier"])]
        case "secretsmanager:DescribeSecret", "secretsmanager:RotateSecret",
            "secretsmanager:GetSecretValue":
            // The service adds six characters of its own to a secret's name.
            return [arn("secretsmanager", "secret:", value("secret"), end: "-??????")]
        case "ssm:GetParameter":
            let name = value("name")
            return [arn("ssm", "parameter/", name.hasPrefix("/") ? String(name.dropFirst()) : name)]
        case "ssm:StartAutomationExecution":
            return [arn("ssm", "automation-definition/", value("document"), end: ":*")]
        case "ssm:GetAutomationExecution": return [arn("ssm", "automation-execution/", "*")]
        case "ssm:SendCommand":
            return [arn("ssm", "document/", value("document"))]
                + list("instances").map { arn("ec2", "instance/", $0) }
        default: return ["*"]
        }
    }

    private func arn(_ service: String, _ kind: String, _ name: String, end: String = "") -> String
    {
        if name.hasPrefix("arn:") { return name }
        return "arn:\(partition):\(service):\(region):\(account):\(kind)\(name)"
            + (name == "*" ? "" : end)
    }

    /// A name, `NAME:ALIAS`, `ACCOUNT:function:NAME`, or an ARN.
    private func function(_ name: String, _ qualifier: JSONValue?) -> String {
        let end = qualifier?.scalarText.map { ":\($0)" } ?? ""
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if !name.hasPrefix("arn:"), parts.count >= 3, parts[1] == "function" {
            let rest = parts.dropFirst(2).joined(separator: ":")
            return "arn:\(partition):lambda:\(region):\(parts[0]):function:\(rest)\(end)"
        }
        return arn("lambda", "function:", name) + end
    }
}
