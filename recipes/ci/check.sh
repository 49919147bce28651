#!/usr/bin/env bash
# check.sh COMMAND…: fails if what the command prints is not hardened, if it prints nothing, or if it fails.
#   check.sh kustomize build overlay
#   check.sh helm template web ./chart --namespace shop
set -euo pipefail
"$@" | kube-harden audit -
