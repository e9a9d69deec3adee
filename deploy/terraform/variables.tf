variable "package" {
  description = "The zip that `make lambda` writes."
  type        = string
  default     = "../../.build/belay-lambda.zip"
}

variable "ecs_cluster_name" { type = string }
variable "db_instance_id" { type = string }
variable "cache_cluster_id" { type = string }
variable "redis_host" { type = string }

variable "redis_port" {
  type    = number
  default = 6379
}

variable "redis_password" {
  type      = string
  default   = ""
  sensitive = true
}

variable "redis_tls" {
  type    = bool
  default = false
}

variable "sns_topic_arn" { type = string }

variable "alarm_topic_arn" {
  description = "Where the alarms of the functions go; empty for nowhere."
  type        = string
  default     = ""
}

variable "log_retention_days" {
  type    = number
  default = 30
}

variable "subnet_ids" {
  description = "Subnets from which Redis is reached; empty if it needs none."
  type        = list(string)
  default     = []
}

variable "security_group_ids" {
  type    = list(string)
  default = []
}
