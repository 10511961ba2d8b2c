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

# The build compiles sources in groups: what they name for themselves must differ within a folder.
check_names() {
  printf '#include "%s"\n' "${@/#/$PWD/}" |
    "${CXX:-g++}" -std=c++20 -fsyntax-only -x c++ -w -I. -isystem "$headers" -DLINUM_SOURCE_DIR='""' \
      -DLINUM_TEST_PLUGINS='""' - ||
    { echo "lint: ${1%/*}: one name twice, see CONTRIBUTING.md" >&2; exit 1; }
}
if [ -z "${1:-}" ]; then
  headers=$(sed -n 's/^LINUM_XLA_INCLUDE_DIR:[A-Z]*=//p' build-lint/CMakeCache.txt)
  for folder in linum/*/; do
    echo "lint: names in $folder" >&2
    mapfile -t files < <(git ls-files "$folder*.cc" | grep -vE '_(test|testlib|testplugin)\.cc$')
    [ ${#files[@]} -eq 0 ] || check_names "${files[@]}"
    mapfile -t files < <(git ls-files "$folder*_test.cc" "$folder*_testlib.cc")
    [ ${#files[@]} -eq 0 ] || check_names "${files[@]}"
  done
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
sed -i 's/ -ffold-simple-inlines//' build-lint/compile_commands.json
printf '%s\0' "${checked[@]}" | xargs -0 -n 4 -P "${JOBS:-$(nproc)}" clang-tidy -p build-lint --quiet \
  --extra-arg=-Wno-unknown-warning-option 2> >(grep -vE '^[0-9]+ warnings? generated' >&2)
