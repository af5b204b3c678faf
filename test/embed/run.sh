#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds examples/embed/*.c outside the tree against an installed libselkis, with nothing
# but pkg-config, statically and shared, and compares what they print.
#   run.sh ROOT      ROOT: where `make install-lib DESTDIR=ROOT PREFIX=/usr` went
root=$(realpath "$1")
tree=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_PATH="$root/usr/lib/pkgconfig"
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
export LD_LIBRARY_PATH="$root/usr/lib"
passed=0
failed=0

# check NAME KIND FLAGS...
check() {
    name=$1
    kind=$2
    shift 2
    if ${CC:-cc} -std=c11 -Wall -Wextra -Werror -o "$work/$name" "$work/$name.c" "$@" &&
        (cd "$work" && timeout 60 "./$name") >"$work/$name.got" &&
        diff -u "$tree/test/embed/$name.out" "$work/$name.got"; then
        passed=$((passed + 1))
    else
        echo "embed: $name, $kind: failed"
        failed=$((failed + 1))
    fi
}

for source in "$tree"/examples/embed/*.c; do
    name=$(basename "$source" .c)
    cp "$source" "$work"
    check "$name" shared $(pkg-config --cflags --libs selkis) -pthread
    check "$name" static $(pkg-config --cflags selkis) "$root/usr/lib/libselkis.a" -pthread
    [ "$kind" = static ] && ldd "$work/$name" | grep -q selkis && failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
