#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the packages of deps/debian.txt that are missing: as root, or through sudo.
# Says and does nothing when all are there.
set -eu

list=$(dirname "$0")/debian.txt

if ! command -v dpkg-query >/dev/null; then
    echo "deps/install.sh: error: this is no Debian system;" \
        "install the counterparts of $list by hand" >&2
    exit 1
fi

missing=
for package in $(sed 's/#.*//' "$list" | awk 'NF { print $1 }'); do
    # shellcheck disable=SC2016 # dpkg-query expands it
    status=$(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) || status=
    case " $status" in
    *" installed "*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "deps/install.sh: error: missing packages, and neither root nor sudo:$missing" >&2
    echo "hint: run as root: apt-get install$missing" >&2
    exit 1
fi

echo "deps/install.sh: installing$missing" >&2
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
