#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What debuggers see of a program. run.sh SELKIS EMBED MODULES
# EMBED: test/debug/embed.c with libselkis; MODULES: the folder with the modules.
# Prints one line per case and the sum. Every run has a time limit.
set -u
selkis=$(realpath "$1")
embed=$(realpath "$2")
modules=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0
failed=0
skipped=0

# has NAME PATTERN...: `out` has lines that match, in that order.
has() {
    local name=$1 from=1 at pattern
    shift
    for pattern in "$@"; do
        at=$(tail -n +$from out | grep -nE -m 1 -- "$pattern" | cut -d: -f1)
        if [ -z "$at" ]; then
            failed=$((failed + 1))
            echo "FAILED $name: no $pattern in"
            head -c 4000 out
            return
        fi
        from=$((from + at))
    done
    passed=$((passed + 1))
    echo "ok     $name"
}

skip() {
    skipped=$((skipped + 1))
    echo "skip   $1: $2"
}

# ---- Source lines ----

for version in 4 5; do
    for level in 0 2; do
        for platform in --host --vm; do
            timeout 60 "$selkis" run $platform "$modules/trap-$version-$level.wasm" >out 2>&1 </dev/null
            echo "exit $?" >>out
            has "$platform: source lines, DWARF $version, -O$level" \
                '^selkis: error: trap: integer divide by zero$' \
                '^    at divide \(offset 0x[0-9a-f]+\) sub/divide\.c:8:18$' \
                '^    at chain \(offset 0x[0-9a-f]+\) main\.c:10:16$' \
                '^    at main \(offset 0x[0-9a-f]+\) main\.c:18:12$' \
                '^exit 134$'
        done
    done
done

# ---- perf ----

# The map of the process that ran the program, whose number is not known.
touch before
timeout 60 "$selkis" run --host --perf "$modules/trap-5-0.wasm" >/dev/null 2>&1 </dev/null
map=$(find /tmp -maxdepth 1 -name 'perf-*.map' -newer before -exec grep -l ' wasm:divide$' {} + 2>/dev/null | head -1)
: >out
if [ -n "$map" ]; then
    sort "$map" >out
    if grep -qvE '^[0-9a-f]+ [0-9a-f]+ wasm(:|-function\[)[^[:cntrl:]]+$' out; then : >out; fi
    rm -f "$map"
fi
has "--perf: a map of all functions" ' wasm:divide$'
has "--perf: and of main" ' wasm:main$'

# perf_finds NAME FUNCTION COMMAND...: the function is where the time goes.
perf_finds() {
    local name=$1 function=$2
    shift 2
    if ! perf record -o true.data true >/dev/null 2>&1; then
        skip "$name" "perf is not installed or may not record here"
        return
    fi
    timeout 60 perf record -o perf.data "$@" >/dev/null 2>&1 </dev/null
    timeout 60 perf report -i perf.data --stdio >out 2>/dev/null
    has "$name" "^ +[5-9][0-9]\.[0-9]+%.* $function *$"
    perf script -i perf.data -F pid 2>/dev/null | sort -u | while read -r pid; do
        rm -f "/tmp/perf-$pid.map"
    done
}
perf_finds "perf: finds the function" wasm:spin "$selkis" run --host --perf "$modules/spin.wasm"

SELKIS_PERF=1 bash -c 'echo $$ >pid; exec "$0" "$1"' "$embed" "$modules/embed.wasm" >out 2>&1
cat "/tmp/perf-$(cat pid).map" >>out
rm -f "/tmp/perf-$(cat pid).map"
has "libselkis: SELKIS_PERF" '^trapped$' '^[0-9a-f]+ [0-9a-f]+ wasm:inner$' '^[0-9a-f]+ [0-9a-f]+ wasm:outer$'
bash -c 'echo $$ >pid; exec "$0" "$1"' "$embed" "$modules/embed.wasm" >out 2>&1
ls "/tmp/perf-$(cat pid).map" >>out 2>&1
has "libselkis: no map unless asked" '^trapped$' 'No such file'

# ---- gdb ----

debugger() {
    timeout 120 gdb -nx -batch -ex 'set confirm off' -ex 'set breakpoint pending on' \
        -ex 'handle SIGILL SIGSEGV nostop noprint pass' "$@" >out 2>&1 </dev/null
}
if command -v gdb >/dev/null; then
    debugger -ex 'set follow-fork-mode child' -ex 'break -function wasm:divide' -ex run -ex bt \
        --args "$selkis" run --host --gdb "$modules/trap-5-0.wasm"
    has "gdb: breaks at a function and walks the stack" 'hit Breakpoint 1, .* in wasm:divide \(\)' \
        '^#0 .* in wasm:divide \(\)' '^#1 .* in wasm:chain \(\)' '^#[0-9]+ .* in wasm:main \(\)' \
        '^#[0-9]+ .* wasm_enter \(\)' '^#[0-9]+ .* libos_main \('
    debugger -ex 'set follow-fork-mode child' -ex 'handle SIGILL stop print pass' -ex run -ex bt \
        --args "$selkis" run --host --gdb "$modules/trap-5-0.wasm"
    has "gdb: stops at a trap" 'SIGILL' '^#0 .* in wasm:divide \(\)' '^#1 .* in wasm:chain \(\)'
    SELKIS_GDB=1 debugger -ex 'break -function wasm:inner' -ex run -ex bt -ex 'delete 1' -ex continue \
        -ex 'info breakpoints' --args "$embed" "$modules/embed.wasm"
    has "gdb: libselkis with SELKIS_GDB" '^#0 .* in wasm:inner \(\)' '^#1 .* in wasm:outer \(\)' \
        '^#[0-9]+ .* in wasm_func_call ' '^#[0-9]+ .* in main ' '^trapped$' 'exited normally'
else
    for name in "breaks at a function" "stops at a trap" "libselkis with SELKIS_GDB"; do
        skip "gdb: $name" "gdb is not installed"
    done
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
