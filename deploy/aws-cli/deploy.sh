#!/usr/bin/env bash
# Creates or updates the four functions and their roles with the AWS command line alone; what each may do is made from
# ../terraform/policies. Alarms and a network are Terraform's.
#
# usage: deploy.sh PACKAGE.zip
# variables: ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID REDIS_HOST SNS_TOPIC_ARN
#            [REDIS_PORT REDIS_PASSWORD REDIS_TLS]; AWS_REGION, if the profile names none
set -euo pipefail

package=${1:?the zip that \`make lambda\` writes}
policies=$(dirname "$0")/../terraform/policies
for name in ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID REDIS_HOST SNS_TOPIC_ARN; do
    if [[ -z ${!name-} ]]; then
        echo "deploy.sh: the variable $name is not set" >&2
        exit 2
    fi
done
export AWS_REGION=${AWS_REGION:-$(aws configure get region)}
export AWS_DEFAULT_REGION=$AWS_REGION # the older command line knows this one only
identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text)
export ACCOUNT=${identity%%[[:space:]]*}
partition=$(cut -d: -f2 <<<"${identity##*[[:space:]]}")

# The policy of a function with values in place of names, and its own log group.
policy() {
    PARTITION=$partition LOG_GROUP=$2 python3 - "$policies/$1.json.tftpl" <<'PYTHON'
import json, os, string, sys
names = {"region": "AWS_REGION", "account": "ACCOUNT", "ecs_cluster_name": "ECS_CLUSTER_NAME",
         "db_instance_id": "DB_INSTANCE_ID", "cache_cluster_id": "CACHE_CLUSTER_ID", "sns_topic_arn": "SNS_TOPIC_ARN"}
text = string.Template(open(sys.argv[1]).read()).substitute({name: os.environ[variable] for name, variable in names.items()})
policy = json.loads(text.replace("arn:aws:", "arn:%s:" % os.environ["PARTITION"]))
policy["Statement"].append({
    "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": ["arn:%(PARTITION)s:logs:%(AWS_REGION)s:%(ACCOUNT)s:log-group:%(LOG_GROUP)s:*" % os.environ]})
print(json.dumps(policy))
PYTHON
}

role() {
    local trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"}}]}'
    if ! aws iam get-role --role-name "$1" >/dev/null 2>&1; then
        aws iam create-role --role-name "$1" --assume-role-policy-document "$trust" >/dev/null
        aws iam wait role-exists --role-name "$1"
        sleep "${ROLE_DELAY:-10}" # Lambda takes a new role only after a while
    fi
    aws iam put-role-policy --role-name "$1" --policy-name least-privilege --policy-document "$2"
    aws iam attach-role-policy --role-name "$1" \
        --policy-arn "arn:$partition:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

# name, time-out in seconds, memory in MB, the variables that it needs
deploy() {
    local name=incident-$1 timeout=$2 memory=$3 own document variables
    own=$1
    shift 3
    variables=$(python3 -c 'import json, os, sys
print(json.dumps({"Variables": {name: os.environ[name] for name in sys.argv[1:] if os.environ.get(name)}}))' "$@")
    document=$(policy "$own" "/aws/lambda/$name")
    role "$name" "$document"
    aws logs create-log-group --log-group-name "/aws/lambda/$name" 2>/dev/null || true
    aws logs put-retention-policy --log-group-name "/aws/lambda/$name" --retention-in-days 30
    local settings=(--function-name "$name" --timeout "$timeout" --memory-size "$memory" --environment "$variables")
    if aws lambda get-function --function-name "$name" >/dev/null 2>&1; then
        aws lambda update-function-code --function-name "$name" --zip-file "fileb://$package" >/dev/null
        aws lambda wait function-updated --function-name "$name"
        aws lambda update-function-configuration "${settings[@]}" >/dev/null
    else
        aws lambda create-function "${settings[@]}" --runtime provided.al2023 --handler bootstrap \
            --architectures x86_64 --tracing-config Mode=Active \
            --role "arn:$partition:iam::$ACCOUNT:role/$name" --zip-file "fileb://$package" >/dev/null
    fi
    echo "$name"
}

export ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID REDIS_HOST SNS_TOPIC_ARN REDIS_PORT REDIS_PASSWORD REDIS_TLS
deploy restart-service 30 256 ECS_CLUSTER_NAME
deploy scale-up 60 256 ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID
deploy clear-cache 30 256 REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_TLS
deploy notify-human 15 128 SNS_TOPIC_ARN
