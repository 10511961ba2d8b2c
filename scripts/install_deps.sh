#!/usr/bin/env bash
# Installs the Debian packages that a task needs and this machine lacks. Where all are there, it
# calls neither apt nor the network.
#
#   scripts/install_deps.sh             to build, run the examples and test
#   scripts/install_deps.sh lint        clang-format, clang-tidy
#   scripts/install_deps.sh fuzz        clang with libFuzzer
#   scripts/install_deps.sh oracle      Python's venv, for the fixtures
#
# "a|b" means a, or b where the distribution has no a (names differ between Debian and Ubuntu).
set -euo pipefail

build=(g++ cmake ninja-build make pkg-config python3 python3-pip ca-certificates
  nlohmann-json3-dev libfmt-dev libspdlog-dev libcli11-dev libpng-dev zlib1g-dev libxxhash-dev
  liblapacke-dev "libmsgpack-cxx-dev|libmsgpack-dev"
  libgtest-dev libgmock-dev libbenchmark-dev
  "libtcmalloc-minimal4|libtcmalloc-minimal4t64" dataset-fashion-mnist)
lint=(clang-format clang-tidy)
fuzz=(clang "libclang-rt-dev|libclang-common-14-dev")
oracle=(python3-venv)

fail() {
  printf 'install_deps: %s\n' "$@" >&2
  exit 1
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# any_installed "a|b"
any_installed() {
  local name
  for name in ${1//|/ }; do is_installed "$name" && return; done
  return 1
}

# first_known "a|b": the first name that the package lists know.
first_known() {
  local name
  for name in ${1//|/ }; do
    [[ -n $(apt-cache --quiet=0 policy "$name" 2>/dev/null | sed -n '/Candidate: [^(]/p') ]] &&
      echo "$name" && return
  done
  fail "apt knows no package ${1//|/ or }." \
    "Fix: enable Debian's (or Ubuntu's universe) archive in /etc/apt, then run this again."
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "these packages are missing: ${missing[*]}" \
      "Fix: run this as root, or as root: apt-get install ${missing[*]//|*/}"
  fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o Dpkg::Use-Pty=0 "$@" </dev/null; }

wanted=()
for group in "${@:-build}"; do
  case $group in
    build | lint | fuzz | oracle) declare -n packages=$group && wanted+=("${packages[@]}") ;;
    *) fail "unknown group '$group'; the groups are build, lint, fuzz, oracle." ;;
  esac
done

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
  echo "install_deps: no Debian or Ubuntu; taken for installed: ${wanted[*]}" >&2
  exit 0
}

missing=()
for package in "${wanted[@]}"; do any_installed "$package" || missing+=("$package"); done
[[ ${#missing[@]} == 0 ]] && exit 0

echo "install_deps: installing ${missing[*]}" >&2
apt update || echo "install_deps: apt-get update failed; trying with the package lists there are" >&2
chosen=()
for package in "${missing[@]}"; do
  name=$(first_known "$package")
  chosen+=("$name")
done
apt install --no-install-recommends "${chosen[@]}" >/dev/null ||
  fail "apt-get could not install ${chosen[*]} (its reason is above)." \
    "Fix: check the network and /etc/apt/sources.list, then run this again;" \
    "     or install these packages by hand: nothing is installed when all are there."
