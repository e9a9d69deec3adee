#!/usr/bin/env bash
# Runs the zip in an empty root that holds nothing else, against a stand-in for the Lambda Runtime API: it must start
# without any library of this system and answer an invocation.
#
# usage: check.sh ZIP      from the repository's root
set -euo pipefail

zip=$(realpath "${1:?the zip}")
server=$(realpath Tests/BelayProvidersTests/Fixtures/servers/runtime_api.py)
folder=$(mktemp -d)
trap 'kill "${api-}" "${program-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir "$folder/root"
python3 -m zipfile -e "$zip" "$folder/root"
chmod 755 "$folder/root/bootstrap" "$folder/root/belay-lambda" "$folder/root/lib/ld-linux-x86-64.so.2"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo '[{"action": "restart_service", "target": "mainframe", "incidentId": "INC-1"}]' >"$folder/payloads"
python3 "$server" "$port" "$folder/payloads" "$folder/answers" &
api=$!
for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
done

# What bootstrap does, without the shell that an empty root does not have.
env -i AWS_LAMBDA_RUNTIME_API="127.0.0.1:$port" SSL_CERT_FILE=/authorities.pem \
    unshare --map-root-user --root "$folder/root" \
    /lib/ld-linux-x86-64.so.2 --library-path /lib /belay-lambda &
program=$!
for _ in $(seq 100); do
    if [ -s "$folder/answers" ]; then break; fi
    sleep 0.1
done
grep -q 'unknown target' "$folder/answers" && echo "the zip runs in an empty root"
