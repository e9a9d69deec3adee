package import BelayCompiler
package import BelayEngine

/// Every provider that the program carries, sorted by name.
package enum BuiltinActions {
    /// The providers themselves; making them starts nothing.
    package static func all(_ tools: ProviderTools) -> [any ActionProvider] {
        [
            AWSServiceAction(.autoscaling, tools: tools),
            AWSServiceAction(.cloudwatch, tools: tools),
            AWSServiceAction(.ec2, tools: tools),
            AWSServiceAction(.ecs, tools: tools),
            AWSServiceAction(.elasticache, tools: tools),
            LambdaAction(tools: tools),
            AWSServiceAction(.rds, tools: tools),
            AWSResourceAction(tools: tools),
            AWSServiceAction(.secretsManager, tools: tools),
            AWSServiceAction(.sns, tools: tools),
            AWSServiceAction(.ssm, tools: tools),
            AWSServiceAction(.sts, tools: tools),
            EmailAction(tools: tools),
            ExecAction(tools: tools),
            HTTPAction(tools: tools),
            KubernetesAction(tools: tools),
            LogAction(tools: tools),
            PagerDutyAction(tools: tools),
            PluginAction(tools: tools),
            PrometheusAction(tools: tools),
            RedisAction(tools: tools),
            SimulatedAction(),
            SlackAction(tools: tools),
            WebhookAction(tools: tools),
        ]
    }

    /// Their contracts, which need no tools.
    package static let contracts: [ProviderContract] = [
        AWSDefinition.autoscaling.contract,
        AWSDefinition.cloudwatch.contract,
        AWSDefinition.ec2.contract,
        AWSDefinition.ecs.contract,
        AWSDefinition.elasticache.contract,
        LambdaAction.contract,
        AWSDefinition.rds.contract,
        AWSResourceAction.contract,
        AWSDefinition.secretsManager.contract,
        AWSDefinition.sns.contract,
        AWSDefinition.ssm.contract,
        AWSDefinition.sts.contract,
        EmailAction.contract,
        ExecAction.contract,
        HTTPAction.contract,
        KubernetesAction.contract,
        LogAction.contract,
        PagerDutyAction.contract,
        PluginAction.contract,
        PrometheusAction.contract,
        RedisAction.contract,
        SimulatedAction.contract,
        SlackAction.contract,
        WebhookAction.contract,
    ]

    /// What a compilation may refer to.
    package static var catalogue: ActionCatalogue {
        ActionCatalogue(capabilities: Capabilities.all, providers: contracts)
    }
}
