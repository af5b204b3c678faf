#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/abi/run.sh vm|host [DIR]
# Runs every promise, each as the init of a machine of its own (DIR/NAME.elf) or as a
# process (DIR/NAME). DIR: build/test/abi.
. "$(dirname "$0")/../boot/vm.sh"
platform=$1
tests=${2:-build/test/abi}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The input that console_read expects. A serial line has no end of its own: 0x10 is its
# escape (abi/layout.h).
input() {
    python3 -c 'import sys
data = b"hello" + bytes(range(256))
if sys.argv[1] == "vm":
    data = data.replace(b"\x10", b"\x10\x10")
    data = b"\0\x10\x02" + data + b"\x10\x04"
sys.stdout.buffer.write(data)' "$platform"
}
input >"$dir/in"

run_vm() {
    python3 tools/dev/mkbundle.py "$tests/$1.elf" -o "$dir/bundle"
    LIMIT=20 vm "$dir/bundle" "$dir/log" <"$dir/in"
    [ $? -eq "$(status 0)" ]
}

run_host() {
    timeout -k 1 20 "$tests/$1" <"$dir/in" 2>"$dir/log"
}

for file in test/abi/*.c; do
    name=$(basename "$file" .c)
    case $name in harness | host_main) continue ;; esac
    [ "$platform" = host ] && grep -q "^$name:" test/abi/kernel-only && continue
    why=
    run_"$platform" "$name" >"$dir/out" || why="it ended with an error"
    grep -aq "^ok $name\$" "$dir/out" ||
        why=$(grep -ah "^not ok" "$dir/out" | head -1 | cut -d: -f2-)
    grep -aq "^ok $name\$\|^not ok" "$dir/out" || why="it said nothing: $(tail -1 "$dir/log")"
    verdict "abi/$platform/$name" "$why"
done
summary
