#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Long runs of the fuzzers, and a row for each in docs/soak.md.
#   soak.sh SEED MUTATED GENERATED
# MUTATED modules of the suite's, damaged, under ASan and UBSan; as many damaged texts;
# GENERATED modules against V8, and a tenth as many again with poisoned registers and a
# collection at every allocation. Everything can be done again from the seed.
seed=$1
mutated=$2
generated=$3
spec=../shared/spec
log=docs/soak.md
commit=$(git log -1 --format=%h)
date=$(date -u +%Y-%m-%d)
status=0

# row WHAT COUNT COMMAND...: runs it, and notes what its last line counts.
row() {
    what=$1
    count=$2
    shift 2
    start=$(date +%s)
    last=$("$@" | tail -1)
    minutes=$((($(date +%s) - start + 30) / 60))
    failed=$(echo "$last" | sed -nE 's/^[0-9]+ passed, ([0-9]+) failed.*/\1/p')
    echo "$what: $last"
    [ "$failed" = 0 ] || status=1
    echo "| $date | \`$commit\` | $what | $seed | $count | ${failed:-not finished} | $minutes min |" >>$log
}

make -j2 PROFILE=asan build/asan/test/fuzz-mutate build/asan/test/fuzz-text >/dev/null || exit 1
make -j2 build/release/test/fuzz-generate build/release/test/fuzz-compare build/deps/node/bin/node >/dev/null || exit 1
compare() {
    test/fuzz/differential/compare.py --generate build/release/test/fuzz-generate \
        --compare build/release/test/fuzz-compare --node build/deps/node/bin/node \
        --save build/release/fuzz --seed "$seed" "$@"
}
row "damaged modules, ASan and UBSan" "$mutated" \
    build/asan/test/fuzz-mutate --save build/asan/fuzz --seed "$seed" --count "$mutated" $spec/json
row "damaged texts, ASan and UBSan" "$mutated" \
    build/asan/test/fuzz-text --seed "$seed" --count "$mutated" $(find $spec/wast test/wast -name '*.wast' | sort)
row "made up modules against V8" "$generated" compare --count "$generated"
row "the same, poison mode and a collection at each allocation" $((generated / 10)) \
    compare --count $((generated / 10)) --poison --stress
exit $status
