#!/usr/bin/env bash
# Checks the format of all sources, and with clang-tidy the named ones: files, --changed (against
# main) or, with no argument, all. Needs a configured build-lint/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

unformatted=$(git ls-files -z '*.h' '*.cc' | xargs -0 clang-format --dry-run 2>&1 |
  sed -n 's/^\([^:]*\):.*\[-Wclang-format-violations\]$/\1/p' | sort -u)
if [ -n "$unformatted" ]; then
  printf 'lint: %s is not formatted\n' $unformatted >&2
  echo "lint: run make format" >&2
  exit 1
fi

case ${1:-} in
  "") mapfile -t files < <(git ls-files '*.cc') ;;
  --changed) mapfile -t files < <(git diff --name-only --diff-filter=d main -- '*.cc') ;;
  *) files=("$@") ;;
esac
# What is not compiled has no flags to check it with: the consumer is another project.
checked=()
for file in ${files[@]+"${files[@]}"}; do
  grep -q "\"file\": \"$PWD/$file\"" build-lint/compile_commands.json && checked+=("$file")
done
echo "lint: clang-tidy on ${#checked[@]} files" >&2
[ ${#checked[@]} -eq 0 ] && exit 0
# Options that only g++ knows are no findings.
printf '%s\0' "${checked[@]}" | xargs -0 -n 4 -P "${JOBS:-$(nproc)}" clang-tidy -p build-lint --quiet \
  --extra-arg=-Wno-unknown-warning-option 2> >(grep -vE '^[0-9]+ warnings? generated' >&2)
