#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs test steps one after another and sums up what they counted.
#   run_steps.sh LOGDIR STEP... < lines "STEP<tab>COMMAND"
# A step passes when its command exits 0 and its output has lines "N passed, N failed"
# with no failure; they are added up. All steps run, also after a failure; the output of a
# failed one is shown. The last line is the sum.
logs=$1
shift
wanted=" $* "
mkdir -p "$logs"
passed=0
failed=0
skipped=0
while IFS='	' read -r step command; do
    case $wanted in *" $step "*) ;; *) continue ;; esac
    start=$(date +%s)
    sh -c "$command" >"$logs/$step.log" 2>&1 </dev/null
    code=$?
    counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/p' "$logs/$step.log" |
        awk '{ p += $1; f += $2; s += $3 } END { if (NR) print p, f, s + 0 }')
    set -- ${counts:-0 0 0}
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    took=$(($(date +%s) - start))
    if [ "$code" = 0 ] && [ -n "$counts" ] && [ "$2" = 0 ]; then
        echo "ok     $step: $1 passed, $3 skipped (${took} s)"
        continue
    fi
    [ "$2" = 0 ] && failed=$((failed + 1))
    echo "FAILED $step: exit $code, $1 passed, $2 failed (${took} s); $logs/$step.log ends:"
    tail -60 "$logs/$step.log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
