#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs cmocka programs; shows the output of those that fail. run_units.sh PROGRAM...
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program; do
    if timeout 300 "$program" >"$log" 2>&1; then
        passed=$((passed + $(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -1)))
    else
        echo "unit: error: $program exited $?"
        cat "$log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
