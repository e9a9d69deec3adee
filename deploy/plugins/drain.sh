#!/bin/sh
# An example plugin in shell: marks a node as drained by a file in $STATE (default /tmp/belay-drained).
# It needs no JSON tool: what it acts on comes from the environment or is cut from one known member, and is
# judged before use.
read -r line || exit 1
case $line in
*'"call":"describe"'* | *'"call": "describe"'*)
    echo '{"protocol": 1, "operations": {"run": {"description": "Mark a node as drained.", "effect": "change",' \
        '"recovery": "idempotent", "inputs": {"target": {"type": "string", "required": true}}, "timeout": "10s"}}}'
    exit 0 ;;
*'"call":"plan"'* | *'"call": "plan"'*)
    echo '{"would": "create one file"}'
    exit 0 ;;
esac
target=$(printf '%s' "$line" | sed -n 's/.*"inputs":{[^}]*"target":"\([a-zA-Z0-9._-]*\)".*/\1/p')
if [ -z "$target" ]; then
    echo '{"outcome": "failed", "class": "invalid", "message": "inputs.target is missing or no plain name"}'
    exit 0
fi
folder=${STATE:-/tmp/belay-drained}
if mkdir -p -- "$folder" && : >"$folder/$target"; then
    echo '{"outcome": "succeeded", "output": {}}'
else
    echo '{"outcome": "failed", "class": "unavailable", "retryable": true, "message": "the mark cannot be written"}'
fi
