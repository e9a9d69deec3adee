import Foundation
import Testing

/// What is deployed may do exactly what `belay iam` says: Terraform reads the policies that it prints.
@Suite struct DeploymentTests {
    /// Terraform's names stand where values would.
    private static let variables = [
        "AWS_REGION": "${region}", "ECS_CLUSTER_NAME": "${ecs_cluster_name}",
        "DB_INSTANCE_ID": "${db_instance_id}", "CACHE_CLUSTER_ID": "${cache_cluster_id}",
        "SNS_TOPIC_ARN": "${sns_topic_arn}", "REDIS_HOST": "redis",
        "METRICS_NAMESPACE": "Incidents",
        "METRICS_URL": "http://metrics",
    ]
    private static let folder = "../../../deploy/terraform/policies"

    private func iam(_ more: String...) async throws -> String {
        let answer = try await Belay.run(
            ["iam", "--repo", Repository.root.path, "--all-targets", "--account", "${account}"]
                + more,
            in: try Folder(), variables: Self.variables)
        #expect(answer.status == 0, "\(answer.errors)")
        return answer.output
    }

    @Test func theFunctionsMayDoWhatIAMPrints() async throws {
        let printed = try JSONSerialization.jsonObject(
            with: Data(try await iam("--env", "aws", "--per-action").utf8))
        let policies = try #require(printed as? [String: Any])
        for action in ["restart_service", "scale_up", "clear_cache", "notify_human"] {
            let policy = try #require(policies[action])
            let data = try JSONSerialization.data(
                withJSONObject: policy,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            let name = action.replacing("_", with: "-")
            try Golden.expect(
                String(decoding: data, as: UTF8.self) + "\n",
                is: "\(Self.folder)/\(name).json.tftpl")
        }
    }

    @Test func whoInvokesMayInvokeWhatIAMPrints() async throws {
        try Golden.expect(
            try await iam("--env", "lambda"), is: "\(Self.folder)/invoke.json.tftpl")
    }

    /// Terraform, the command line and the page tell the same of each function.
    @Test func bothWaysAndThePageAgree() throws {
        let terraform = try Repository.text("deploy/terraform/main.tf")
        let script = try Repository.text("deploy/aws-cli/deploy.sh")
        let page = try Repository.text("deploy/README.md")
        let lines = script.matches(of: #/(?m)^deploy ([a-z-]+) ([0-9]+) ([0-9]+) ([A-Z_ ]+)$/#)
        #expect(lines.count == 4)
        for line in lines {
            let (_, name, timeout, memory, words) = line.output
            let variables = Set(words.split(separator: " ").map(String.init))
            let begin = try #require(terraform.range(of: "    \(name) = {\n"), "\(name)")
            let rest = terraform[begin.upperBound...]
            let block = rest[..<(rest.range(of: "\n    }")?.lowerBound ?? rest.endIndex)]
            #expect(block.contains(try Regex("timeout *= \(timeout)\n")), "\(name)")
            #expect(block.contains(try Regex("memory *= \(memory)\n")), "\(name)")
            let set = block.matches(of: #/([A-Z][A-Z_]+) *=/#).map { String($0.1) }
            #expect(Set(set) == variables, "\(name)")
            let row = try #require(
                page.split(separator: "\n").first { $0.hasPrefix("| `incident-\(name)` |") })
            #expect(row.contains("| \(timeout) s | \(memory) MB |"), "\(row)")
            let told = row.matches(of: #/`([A-Z][A-Z_]+)`/#).map { String($0.1) }
            #expect(Set(told) == variables, "\(row)")
        }
    }

    /// No variable is used and not declared, or declared and not used.
    @Test func terraformsVariablesAreThoseItDeclares() throws {
        let folder = "deploy/terraform"
        let declared = try Repository.text("\(folder)/variables.tf")
            .matches(of: #/(?m)^variable "([a-z_]+)"/#).map { String($0.1) }
        let used = try Repository.text("\(folder)/main.tf").matches(of: #/var\.([a-z_]+)/#)
            .map { String($0.1) }
        #expect(Set(declared) == Set(used) && declared.count > 8)
    }

    @Test func terraformHasNoOtherPermissions() throws {
        let text = try Repository.text("deploy/terraform/main.tf")
        #expect(text.contains("policies/${name}.json.tftpl"))
        for service in ["ecs:", "rds:", "elasticache:", "sns:", "lambda:"] {
            #expect(!text.contains("\"\(service)"), "\(service) is stated beside the policies")
        }
        let folder = Repository.root.appending(path: "deploy/terraform/policies")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == 5)
    }
}
