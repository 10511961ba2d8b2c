#!/usr/bin/env bash
# Fuzzes every parser for SECONDS_EACH (60) seconds, from its committed corpus: scripts/fuzz.sh BUILD
# New inputs stay in BUILD/corpus; a finding stops with the file that shows it in BUILD/findings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:?the build folder}
mkdir -p "$build/findings"
for fuzzer in "$build"/bin/fuzz_*; do
  format=$(basename "$fuzzer")
  format=${format#fuzz_}
  mkdir -p "$build/corpus/$format"
  echo "== $format"
  log="$build/findings/$format.log"
  "$fuzzer" -max_total_time="${SECONDS_EACH:-60}" -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$format-" "$build/corpus/$format" "fuzz/corpus/$format" \
    >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
  grep -E 'number_of_executed_units|average_exec' "$log"
done
