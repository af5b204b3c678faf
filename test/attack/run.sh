#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/attack/run.sh [INIT.elf]
# Boots the supervisor with all attacks, on two CPUs, and counts its verdicts; what is missing
# at the end (the machine died) is a failure too.
. "$(dirname "$0")/../boot/vm.sh"
init=${1:-build/test/attack.elf}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 tools/dev/mkbundle.py "$init" -o "$dir/bundle" || exit 1
# attack CPU PREFIX: on a CPU, with names that begin with PREFIX.
attack() {
    local code line file name
    CPU=$1 LIMIT=60 vm "$dir/bundle" "$dir/log" </dev/null >"$dir/out"
    code=$?
    while read -r line; do
        case $line in
        "ok attack/"*) verdict "$2/${line#ok attack/}" "" ;;
        "not ok attack/"*)
            line=${line#not ok attack/}
            verdict "$2/${line%%:*}" "${line#*: }"
            ;;
        esac
    done <"$dir/out"
    for file in test/attack/*.c; do
        name=$(basename "$file" .c)
        [ "$name" = supervisor ] || grep -q "ok attack/$name" "$dir/out" ||
            verdict "$2/$name" "it never ran"
    done
    [ $failed -gt 0 ] || [ $code -eq "$(status 0)" ] || {
        verdict "$2/end" "QEMU exited with $code"
        tail -20 "$dir/log"
    }
}

attack max attack
# Without what keeps the kernel from touching a domain's memory by mistake.
attack max,-smap,-smep attack_no_smap
summary
