#!/usr/bin/env bash
# harden.sh CHART [OPTION…]: generates `hardening` in this folder, to be committed: the post-renderers of the HelmRelease, and NetworkPolicies.
#   harden.sh oci://registry.example.com/charts/web --chart-version 1.0.0
# In CI, `git diff --exit-code hardening` afterwards shows that nobody forgot it.
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rm -f "$here/hardening/release.yaml"
kube-harden patches "$@" --values "$here/values.yaml" --release web --namespace shop --format flux --output "$here/hardening"
{
  printf '%s\n' 'apiVersion: helm.toolkit.fluxcd.io/v2' 'kind: HelmRelease' 'metadata:' '  name: web' 'spec:'
  sed 's/^/  /' "$here/hardening/post-renderers.yaml"
} > "$here/hardening/release.yaml"
