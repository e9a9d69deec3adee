#!/usr/bin/env bash
# Builds the zip of the functions for the runtime provided.al2023. It carries its own loader and libraries, because
# the system that builds it may have a newer glibc than Amazon Linux 2023 (2.34), and the authorities for TLS.
#
# usage: build.sh [OUTPUT.zip]      from the repository's root
set -euo pipefail

output=$(realpath -m "${1:-.build/belay-lambda.zip}")
options=(-c release --static-swift-stdlib -Xswiftc -cross-module-optimization --scratch-path .build-release)
swift build "${options[@]}" --product belay-lambda
program=$(swift build "${options[@]}" --show-bin-path)/belay-lambda

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/lib"
cp "$program" "$folder/belay-lambda"
strip "$folder/belay-lambda"

# libcurl is loaded on first use, so the program itself does not name it.
curl=$(ldconfig -p | sed -n 's/.*libcurl\.so\.4 .*x86-64.*=> //p' | head -1)
for object in "$program" "$curl"; do
    ldd "$object" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\).*/\1/p'
done | sort -u | xargs -I{} cp -L -n {} "$folder/lib/"
cp -L "$curl" "$folder/lib/libcurl.so.4"
for name in libnss_dns.so.2 libnss_files.so.2; do
    found=$(ldconfig -p | sed -n "s/.*$name .*x86-64.*=> //p" | head -1)
    if [ -n "$found" ]; then cp -L "$found" "$folder/lib/"; fi
done
cp /etc/ssl/certs/ca-certificates.crt "$folder/authorities.pem"

cat >"$folder/bootstrap" <<'BOOTSTRAP'
#!/bin/sh
root=${LAMBDA_TASK_ROOT:-$(dirname "$0")}
export SSL_CERT_FILE="$root/authorities.pem"
exec "$root/lib/ld-linux-x86-64.so.2" --library-path "$root/lib" "$root/belay-lambda"
BOOTSTRAP
chmod 755 "$folder/bootstrap" "$folder/lib/ld-linux-x86-64.so.2"

mkdir -p "$(dirname "$output")"
rm -f "$output"
(cd "$folder" && python3 -c '
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for root, _, names in sorted(os.walk(".")):
        for name in sorted(names):
            archive.write(os.path.join(root, name))
' "$output")
echo "$output"
