#!/usr/bin/env bash
# Creates or updates the four functions with the AWS command line alone. Roles must exist (see README.md).
#
# usage: deploy.sh PACKAGE.zip ROLE_ARN_PREFIX     such as arn:aws:iam::123456789012:role/
# variables: ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID REDIS_HOST [REDIS_PORT REDIS_PASSWORD] SNS_TOPIC_ARN
set -euo pipefail

package=${1:?the zip that \`make lambda\` writes}
roles=${2:?the prefix of the roles\' ARNs}

# name, time-out in seconds, memory in MB, the variables that it needs
deploy() {
    local name=incident-$1 timeout=$2 memory=$3
    shift 3
    local variables=""
    for variable in "$@"; do
        variables+="${variables:+,}\"$variable\":$(printf '%s' "${!variable-}" | python3 -c 'import json,sys; print(json.dumps(sys.stdin.read()))')"
    done
    local settings=(--function-name "$name" --timeout "$timeout" --memory-size "$memory"
        --environment "{\"Variables\":{$variables}}")
    if aws lambda get-function --function-name "$name" >/dev/null 2>&1; then
        aws lambda update-function-code --function-name "$name" --zip-file "fileb://$package" >/dev/null
        aws lambda wait function-updated --function-name "$name"
        aws lambda update-function-configuration "${settings[@]}" >/dev/null
    else
        aws lambda create-function "${settings[@]}" --runtime provided.al2023 --handler bootstrap \
            --architectures x86_64 --tracing-config Mode=Active --role "$roles$name" \
            --zip-file "fileb://$package" >/dev/null
    fi
    aws logs create-log-group --log-group-name "/aws/lambda/$name" 2>/dev/null || true
    aws logs put-retention-policy --log-group-name "/aws/lambda/$name" --retention-in-days 30
    echo "$name"
}

deploy restart-service 30 256 ECS_CLUSTER_NAME
deploy scale-up 60 256 ECS_CLUSTER_NAME DB_INSTANCE_ID CACHE_CLUSTER_ID
deploy clear-cache 30 256 REDIS_HOST REDIS_PORT REDIS_PASSWORD
deploy notify-human 15 128 SNS_TOPIC_ARN
