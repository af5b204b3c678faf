#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fetches source packages of deps/debian-src.txt: fetch_debian_src.sh DIR PACKAGE...
#
# Each is unpacked as DIR/PACKAGE. apt checks the archive's signatures as always; its lists and the
# deb-src entries, made from the machine's own deb entries, stay in DIR, so /etc/apt is left alone.
set -eu

pins=$(dirname "$0")/debian-src.txt
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift

apt_private() {
    command=$1
    shift
    "$command" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$dir/.apt/sources" \
        -o Dir::State::Lists="$dir/.apt/lists" -o Dir::Cache="$dir/.apt/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 "$@"
}

# Some of the machine's archives may offer no sources; what counts is that the package is found.
update_lists() {
    [ ! -e "$dir/.apt/updated" ] || return 0
    mkdir -p "$dir/.apt/sources" "$dir/.apt/lists/partial" "$dir/.apt/cache/archives/partial"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -e "$file" ] || sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' "$file"
    done >"$dir/.apt/sources/machine.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -e "$file" ] || { sed 's/^Types:.*/Types: deb-src/' "$file" && echo; }
    done >"$dir/.apt/sources/machine.sources"
    apt_private apt-get -q update >"$dir/.apt/update.log" 2>&1 || true
    touch "$dir/.apt/updated"
}

offered() {
    apt_private apt-cache showsrc --only-source "$1" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -V
}

fetch() {
    package=$1
    version=$(awk -v name="$package" '$1 == name { print $2 }' "$pins")
    if [ -z "$version" ]; then
        echo "deps/fetch_debian_src.sh: error: $package: not in $pins" >&2
        exit 1
    fi
    update_lists
    versions=$(offered "$package")
    if [ -z "$versions" ]; then
        cat "$dir/.apt/update.log" >&2
        rm -f "$dir/.apt/updated"
        echo "deps/fetch_debian_src.sh: error: $package: the machine's archives offer no source" >&2
        exit 1
    fi
    if ! echo "$versions" | grep -qxF "$version"; then
        newest=$(echo "$versions" | tail -n 1)
        echo "deps/fetch_debian_src.sh: $package $version is gone, taking $newest" >&2
        version=$newest
    fi
    work=$dir/.apt/unpack
    rm -rf "$work"
    mkdir -p "$work"
    echo "fetching Debian source $package $version" >&2
    (cd "$work" && apt_private apt-get -q source --only-source "$package=$version") \
        >"$dir/.apt/source.log" 2>&1 || {
        cat "$dir/.apt/source.log" >&2
        exit 1
    }
    mv "$work"/*/ "$dir/$package"
    rm -rf "$work"
}

# One at a time: make may ask for several packages at once.
mkdir -p "$dir/.apt"
exec 9>"$dir/.apt/lock"
flock 9
for package in "$@"; do
    [ -d "$dir/$package" ] || fetch "$package"
done
