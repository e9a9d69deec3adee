output "functions" {
  description = "ARN of each function, for `bind`."
  value       = { for name, function in aws_lambda_function.function : name => function.arn }
}

output "invoke_policy" {
  description = "Attach this to the engine's role or user."
  value       = aws_iam_policy.invoke.arn
}
