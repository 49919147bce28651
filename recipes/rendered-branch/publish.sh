#!/usr/bin/env bash
# publish.sh BRANCH FOLDER COMMAND…: hardens what the command prints, and pushes it as FOLDER/manifests.yaml of a branch, in one commit.
# Run it in CI, in the checkout of the sources. Nothing is pushed if the command fails or if the hardened manifests fail the audit.
#   publish.sh rendered/prod shop helm template web ./chart --namespace shop --include-crds
set -euo pipefail
branch=$1
folder=$2
shift 2

source=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'git worktree remove --force "$work/tree" 2> /dev/null || true; rm -rf "$work"' EXIT

"$@" > "$work/rendered.yaml"
kube-harden < "$work/rendered.yaml" > "$work/manifests.yaml"
kube-harden audit "$work/manifests.yaml" >&2

if [ -n "$(git ls-remote --heads origin "refs/heads/$branch")" ]; then
  git fetch --quiet origin "refs/heads/$branch"
  tip=$(git rev-parse FETCH_HEAD)
else
  tip=$(git commit-tree -m "begin $branch" "$(git mktree < /dev/null)")
fi
# Nothing of the branch is checked out: a link in it leads nowhere.
git worktree add --quiet --no-checkout --detach "$work/tree" "$tip"
mkdir -p "$work/tree/$folder"
cp "$work/manifests.yaml" "$work/tree/$folder/manifests.yaml"
cd "$work/tree"
git reset --quiet
git --literal-pathspecs add -- "$folder/manifests.yaml"
if git diff --cached --quiet; then
  echo "$branch is up to date" >&2
else
  git commit --quiet --message "$folder of $source"
  git push --quiet origin "HEAD:refs/heads/$branch"
fi
cd "$OLDPWD"
