#!/bin/sh
# Runs kube-harden for pre-commit, which clones this repository once per revision: the first run builds it. Needs Node and npm.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
program=$root/dist/kube-harden.cjs
[ -f "$program" ] || (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund && npm run build) >&2
exec node "$program" "$@"
