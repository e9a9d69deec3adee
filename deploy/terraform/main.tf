# The four functions of an incident backend: roles with least privilege, variables, log groups, alarms.
# Time-outs and memory are those of the table in ../README.md.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

# What each function may do, as `belay iam --env aws --all-targets --per-action` prints it with names in place of values.
locals {
  prefix = "arn:${data.aws_partition.current.partition}"
  names = {
    region           = data.aws_region.current.name
    account          = data.aws_caller_identity.current.account_id
    ecs_cluster_name = var.ecs_cluster_name
    db_instance_id   = var.db_instance_id
    cache_cluster_id = var.cache_cluster_id
    sns_topic_arn    = var.sns_topic_arn
  }
  policies = {
    for name in ["restart-service", "scale-up", "clear-cache", "notify-human", "invoke"] : name => jsondecode(
      replace(templatefile("${path.module}/policies/${name}.json.tftpl", local.names), "arn:aws:", "${local.prefix}:")
    )
  }

  functions = {
    restart-service = {
      timeout   = 30
      memory    = 256
      variables = { ECS_CLUSTER_NAME = var.ecs_cluster_name }
    }
    scale-up = {
      timeout = 60
      memory  = 256
      variables = {
        ECS_CLUSTER_NAME = var.ecs_cluster_name
        DB_INSTANCE_ID   = var.db_instance_id
        CACHE_CLUSTER_ID = var.cache_cluster_id
      }
    }
    clear-cache = {
      timeout = 30
      memory  = 256
      variables = {
        REDIS_HOST     = var.redis_host
        REDIS_PORT     = tostring(var.redis_port)
        REDIS_PASSWORD = var.redis_password
        REDIS_TLS      = tostring(var.redis_tls)
      }
    }
    notify-human = {
      timeout   = 15
      memory    = 128
      variables = { SNS_TOPIC_ARN = var.sns_topic_arn }
    }
  }

  # Redis is reached inside the network, so that function is placed there.
  in_network = length(var.subnet_ids) > 0 ? toset(["clear-cache"]) : toset([])
}

resource "aws_iam_role" "function" {
  for_each = local.functions
  name     = "incident-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_log_group" "function" {
  for_each          = local.functions
  name              = "/aws/lambda/incident-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions
  name     = "least-privilege"
  role     = aws_iam_role.function[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
      }],
      local.policies[each.key].Statement,
      contains(local.in_network, each.key) ? [{
        Effect   = "Allow"
        Action   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"]
        Resource = ["*"]
      }] : [],
    )
  })
}

resource "aws_lambda_function" "function" {
  for_each         = local.functions
  function_name    = "incident-${each.key}"
  role             = aws_iam_role.function[each.key].arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["x86_64"]
  timeout          = each.value.timeout
  memory_size      = each.value.memory

  environment { variables = each.value.variables }
  tracing_config { mode = "Active" }

  dynamic "vpc_config" {
    for_each = contains(local.in_network, each.key) ? [1] : []
    content {
      subnet_ids         = var.subnet_ids
      security_group_ids = var.security_group_ids
    }
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

resource "aws_iam_role_policy_attachment" "traces" {
  for_each   = local.functions
  role       = aws_iam_role.function[each.key].name
  policy_arn = "${local.prefix}:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

# An invocation that failed, was throttled, or came near its time-out.
resource "aws_cloudwatch_metric_alarm" "function" {
  for_each = {
    for pair in setproduct(keys(local.functions), ["Errors", "Throttles", "Duration"]) : "${pair[0]}-${pair[1]}" => pair
  }
  alarm_name          = "incident-${each.key}"
  namespace           = "AWS/Lambda"
  metric_name         = each.value[1]
  dimensions          = { FunctionName = "incident-${each.value[0]}" }
  statistic           = each.value[1] == "Duration" ? "Maximum" : "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value[1] == "Duration" ? local.functions[each.value[0]].timeout * 800 : 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arn == "" ? [] : [var.alarm_topic_arn]
}

# Who may invoke them: the engine, and nobody else; as `belay iam --env lambda` prints it.
resource "aws_iam_policy" "invoke" {
  name   = "incident-invoke"
  policy = jsonencode(local.policies["invoke"])
}
