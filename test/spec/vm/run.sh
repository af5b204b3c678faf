#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/spec/vm/run.sh INIT.elf SUITE
# Runs every script of the suite (the folder with the .wast files) on the kernel, each in a
# machine of its own, JOBS machines at a time. Scripts that test/spec/vm/skipped names are
# not run; each counts as one that is skipped, and so does a failure that
# test/spec/expected-failures has.
. "$(dirname "$0")/../../boot/vm.sh"
init=$1
suite=$2
list=$(dirname "$0")/skipped
expected=$(dirname "$0")/../expected-failures
JOBS=${JOBS:-2}
MEMORY=${MEMORY:-2G}
LIMIT=${LIMIT:-60}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# is_skipped SCRIPT: by its name or its folder's.
is_skipped() {
    grep -qE "^($1|${1%/*}/) " "$list"
}

# excuse SCRIPT: reads failures "SCRIPT.wast:LINE:COLUMN: ..." and the count, and makes skips
# of those whose SCRIPT:LINE is in the list.
excuse() {
    awk -v script="$1" '
        FNR == NR { if (index($1, script ":") == 1) excused[$1 ""] = 1; next }
        /^count / { print "count", $2, $3 - n, $4 + n; next }
        { split($0, part, ":"); if ((script ":" part[2]) in excused) n++; else print }
    ' "$expected" -
}

# run SCRIPT: prints the failures, then "count PASSED FAILED SKIPPED".
run() {
    local out=$work/out counts code
    cp "$suite/$1.wast" "$work/script.wast"
    python3 tools/dev/mkbundle.py "$init" --module "$work/script.wast" -o "$work/bundle"
    vm "$work/bundle" "$work/log" </dev/null >"$out" 2>"$work/qemu"
    code=$?
    counts=$(tr -d '\r' <"$out" |
        sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/count \1 \2 \3/p')
    grep -a "script\.wast:[0-9]*:[0-9]*: " "$out" | sed "s|^.*script\.wast|$1.wast|"
    if [ -z "$counts" ]; then
        echo "$1.wast: the machine ended with $code: $(tail -qn 1 "$out" "$work/log")"
        counts="count 0 1 0"
    fi
    echo "$counts"
}

# Every JOBS-th script, from the given one on.
worker() {
    work=$dir/$1
    mkdir "$work"
    sed -n "$1~${JOBS}p" "$dir/scripts" | while read -r script; do
        if is_skipped "$script"; then
            echo "count 0 0 1"
        else
            run "$script" | excuse "$script"
        fi
    done >"$work/result"
}

(cd "$suite" && find . -name '*.wast' | sed 's|^\./||; s|\.wast$||' | sort) >"$dir/scripts"
for ((i = 1; i <= JOBS; i++)); do
    worker "$i" &
done
wait
cat "$dir"/*/result >"$dir/result"
grep -v "^count " "$dir/result"
awk '/^count / { p += $2; f += $3; s += $4 }
    END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(p > 0 && f == 0) }' "$dir/result"
