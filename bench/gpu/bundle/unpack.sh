#!/bin/sh
# Puts the pieces beside this script together, in the folder that is named (default: bundle, here).
set -e
here=$(cd "$(dirname "$0")" && pwd)
into=${1:-$here/bundle}
mkdir -p "$into"
for archive in core cuda; do
  if ls "$here/$archive".tar.gz.* >/dev/null 2>&1; then cat "$here/$archive".tar.gz.* | tar -xz -C "$into"; fi
done
echo "Unpacked. Run: $into/run.sh"
