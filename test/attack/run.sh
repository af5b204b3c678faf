#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/attack/run.sh [INIT.elf]
# Boots the supervisor with all attacks and counts its verdicts; what is missing at the end
# (the machine died) is a failure too.
. "$(dirname "$0")/../boot/vm.sh"
init=${1:-build/test/attack.elf}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 tools/dev/mkbundle.py "$init" -o "$dir/bundle" || exit 1
LIMIT=60 vm "$dir/bundle" "$dir/log" </dev/null >"$dir/out"
code=$?
while read -r line; do
    case $line in
    "ok "*) verdict "${line#ok }" "" ;;
    "not ok "*)
        line=${line#not ok }
        verdict "${line%%:*}" "${line#*: }"
        ;;
    esac
done <"$dir/out"
for file in test/attack/*.c; do
    name=attack/$(basename "$file" .c)
    [ "$name" = attack/supervisor ] || grep -q "ok ${name}" "$dir/out" ||
        verdict "$name" "it never ran"
done
[ $failed -gt 0 ] || [ $code -eq "$(status 0)" ] || {
    verdict attack/end "QEMU exited with $code"
    tail -20 "$dir/log"
}
summary
