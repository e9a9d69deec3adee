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
