#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/spec/vm/run.sh INIT.elf SUITE
# Runs every script of the suite (the folder with the .wast files) on the kernel, each in a
# machine of its own. Scripts that test/spec/vm/skipped names are not run, and counted.
. "$(dirname "$0")/../../boot/vm.sh"
init=$1
suite=$2
list=$(dirname "$0")/skipped
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
skipped=0
export MEMORY=${MEMORY:-2G} LIMIT=${LIMIT:-60}

# The reason why a script is skipped, or nothing.
reason() {
    sed -n "s|^$1  *||p" "$list"
}

for path in $(cd "$suite" && find . -name '*.wast' | sort); do
    path=${path#./}
    if [ -n "$(reason "${path%.wast}")$(reason "$(dirname "$path")/")" ]; then
        skipped=$((skipped + 1))
        continue
    fi
    (cd "$suite" && cp "$path" "$dir/script.wast")
    python3 tools/dev/mkbundle.py "$init" --module "$dir/script.wast" -o "$dir/bundle"
    vm "$dir/bundle" "$dir/log" </dev/null >"$dir/out"
    code=$?
    counts=$(tr -d '\r' <"$dir/out" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' | tail -1)
    if [ -z "$counts" ]; then
        echo "$path: the machine ended with $code: $(tail -n 1 "$dir/out") $(tail -n 1 "$dir/log")"
        failed=$((failed + 1))
        continue
    fi
    set -- $counts
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    [ "$2" = 0 ] || grep -a ":[0-9]*:[0-9]*: " "$dir/out" | sed "s|^.*script.wast|$path|"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
