#!/usr/bin/env bash
# Downloads what Linum takes from the Python package index: the headers of PJRT and of the XLA FFI,
# and plugins for the CPU. Every file is pinned by version and sha256 and kept in LINUM_CACHE
# (default XDG_CACHE_HOME/linum, else ~/.cache/linum); what is there already needs no network.
#
#   scripts/fetch.sh              everything
#   scripts/fetch.sh headers      PJRT and XLA FFI headers
#   scripts/fetch.sh plugin       the CPU plugin
#   scripts/fetch.sh compat       an older CPU plugin, for the tests of compatibility
set -euo pipefail

cache=${LINUM_CACHE:-${XDG_CACHE_HOME:-${HOME:?set LINUM_CACHE or HOME}/.cache}/linum}

fail() {
  printf 'fetch: %s\n' "$@" >&2
  exit 1
}

scratch=()
trap 'rm -rf ${scratch[@]+"${scratch[@]}"}' EXIT

# new_scratch TEMPLATE: the folder in $temporary, removed at exit.
new_scratch() {
  mkdir -p "$(dirname "$1")"
  temporary=$(mktemp -d "$1")
  scratch+=("$temporary")
}

# matches FILE SHA256
matches() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

# pip_download FOLDER NAME VERSION KIND: KIND is "source" or "wheel".
pip_download() {
  local kind=(--only-binary=:all:) log="$1/pip.log"
  [ "$4" = wheel ] || kind=(--no-binary="$2")
  python3 -m pip --version >/dev/null 2>&1 ||
    fail "python3 with pip is needed to download $2 $3." "Fix: run scripts/install_deps.sh (Debian: apt-get install python3-pip)."
  python3 -m pip download --quiet --disable-pip-version-check --no-deps "${kind[@]}" \
    --dest "$1" "$2==$3" >"$log" 2>&1 ||
    fail "cannot download $2 $3 ($4) with pip:" "$(tail -n 5 "$log")" \
      "Fix: check the network (pip's own settings apply: proxy, index mirror) and run scripts/fetch.sh again;" \
      "     without a network copy $5 to $cache/downloads/."
}

# obtain NAME VERSION KIND FILE SHA256: the verified FILE lies in downloads/.
obtain() {
  local file="$cache/downloads/$4"
  matches "$file" "$5" && return
  new_scratch "$cache/downloads/.$1.XXXXXX"
  echo "fetch: downloading $1 $2" >&2
  pip_download "$temporary" "$1" "$2" "$3" "$4"
  matches "$temporary/$4" "$5" ||
    fail "$1 $2 came with a wrong checksum:" "  $(cd "$temporary" && sha256sum -- *.whl *.tar.gz 2>/dev/null || true)" \
      "  expected $5  $4" "Fix: the package index or a mirror serves another file; try again, or copy the right one to $cache/downloads/."
  mv -f "$temporary/$4" "$file"
}

# unpack FILE MEMBER TARGET: MEMBER of the archive becomes TARGET, whole or not at all.
unpack() {
  local archive="$cache/downloads/$1"
  new_scratch "$(dirname "$3")/.unpack.XXXXXX"
  case $1 in
    *.whl) python3 -m zipfile -e "$archive" "$temporary" ;;
    *) tar -xzf "$archive" -C "$temporary" --no-same-owner ;;
  esac || fail "cannot unpack $archive." "Fix: is the disk full? Remove the file and run scripts/fetch.sh again."
  mkdir "$temporary/ready"
  case $2 in
    */) mv "$temporary/$2"* "$temporary/ready/" ;;  # the contents of a folder
    *) mv "$temporary/$2" "$temporary/ready/" ;;
  esac
  # Another process may have been faster: then its copy stays.
  mv -T "$temporary/ready" "$3" 2>/dev/null || [ -d "$3" ] || fail "cannot write $3."
}

# package NAME VERSION KIND FILE SHA256 MEMBER TARGET
package() {
  [ -d "$cache/$7" ] && return
  obtain "$1" "$2" "$3" "$4" "$5"
  unpack "$4" "$6" "$cache/$7"
  echo "fetch: $1 $2 is in $cache/$7" >&2
}

headers() {
  package pypjrt 0.1.1 source pypjrt-0.1.1.tar.gz \
    e85e8fd382801726f9b8d1348deeebe5fb3aab35e95147c09d693cc701190dec \
    pypjrt-0.1.1/vendor/ include/pypjrt-0.1.1
}

plugin() {
  package lammps-jax-pjrt-cpu 0.11.2 wheel \
    lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl \
    1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1 \
    lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so plugins/lammps-jax-pjrt-cpu-0.11.2
}

compat() {
  package fastatomstruct-xla-cpu 2026.6.23 wheel \
    fastatomstruct_xla_cpu-2026.6.23-py3-none-manylinux_2_27_x86_64.whl \
    88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9 \
    fastatomstruct_xla_cpu/libpjrt_cpu.so plugins-compat/fastatomstruct-xla-cpu-2026.6.23
}

for part in "${@:-headers plugin compat}"; do
  for name in $part; do
    case $name in
      headers | plugin | compat) "$name" ;;
      *) fail "unknown part '$name'; the parts are headers, plugin, compat." ;;
    esac
  done
done
