#!/bin/sh
# Installs the Debian packages that are missing. Needs root or sudo only when something is missing.
set -eu

packages="g++ cmake ninja-build mold pkg-config
  libtorch-dev libopenblas0-pthread
  libboost-dev libboost-filesystem-dev libboost-system-dev libboost-program-options-dev
  libtomlplusplus-dev libfmt-dev nlohmann-json3-dev catch2
  libzip-dev libpugixml-dev libpng-dev libjpeg62-turbo-dev zlib1g-dev libarchive-dev
  libcurl4-openssl-dev libssl-dev libxlsxwriter-dev libminizip-dev
  libeigen3-dev"
# Only the tests: what modhost writes for Python is opened there (160 MB).
packages="$packages python3-torch"

missing=""
for package in $packages; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing and neither root nor sudo is at hand:$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi
echo "setup: installing$missing"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  $missing >/dev/null
