#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# usage: test/boot/run.sh [INIT.elf]
# Boots on both machines, with much and little memory, with bad bundles, on CPUs that lack
# something, and looks at what the machine says and how it ends.
. "$(dirname "$0")/vm.sh"
init=${1:-build/test/boot.elf}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
LIMIT=10

# bundle ARGUMENT: makes $dir/bundle.
bundle() {
    python3 tools/dev/mkbundle.py "$init" --arg "$1" -o "$dir/bundle"
}

# boot NAME STATUS WORDS FILE [QEMU ARGUMENT...]: boots $dir/bundle (or $bundle); the
# machine is to power off with STATUS, having said WORDS in FILE (out or log).
boot() {
    local name=$1 want=$2 words=$3 file=$4 code why=
    shift 4
    : >"$dir/log"
    vm "${bundle-$dir/bundle}" "$dir/log" "$@" </dev/null >"$dir/out" 2>"$dir/qemu"
    code=$?
    [ $code -eq "$(status "$want")" ] || why="QEMU exited with $code"
    [ -z "$words" ] || grep -qa -- "$words" "$dir/$file" || why="$why; no \"$words\": $(tail -n 1 "$dir/$file")"
    verdict "boot/$name" "$why"
}

bundle hello
for machine in microvm q35; do
    for memory in 32M 128M 512M 4G; do
        MACHINE=$machine MEMORY=$memory boot "$machine-$memory" 0 "^hello: " out
    done
done
boot icount 0 "^hello: " out -icount shift=0
boot plain_cpu 0 "^hello: " out -cpu max,-smap,-smep,-umip,-fsgsbase,-rdrand,-rdseed,-pge
boot oldest_cpu 0 "^hello: " out -cpu Penryn,+sse4.2,+popcnt
boot no_long_mode 127 "lacks long mode" out -cpu qemu32
boot no_nx 127 "lacks NX" out -cpu max,-nx
boot no_ssse3 127 "lacks SSSE3" log -cpu qemu64
boot no_sse41 127 "lacks SSE4.1" log -cpu qemu64,+ssse3
boot no_sse42 127 "lacks SSE4.2" log -cpu Penryn
boot no_popcnt 127 "lacks POPCNT" log -cpu Penryn,+sse4.2
SERIAL_COUNT=1 boot one_line 0 "^hello: " out
SERIAL_COUNT=2 boot two_lines 0 "^hello: " out
MEMORY=4M boot little_memory 0 "^hello: " out

for code in 0 1 42 127; do
    bundle exit=$code
    boot exit_$code $code "" out
done
bundle exit=255
MACHINE=q35 boot exit_255 255 "" out
bundle fault=0
boot fault 134 "domain .* (init) stopped (no activation): illegal instruction" log

# What was written arrives, however late it is read: 4095 lines fill the pipe, the last ones
# stay in the UART.
late() { # ARGUMENT: boots; $dir/out is what a reader got that slept first.
    bundle "$1"
    SERIAL_COUNT=1 vm "$dir/bundle" "$dir/log" </dev/null 2>"$dir/qemu" |
        { sleep 1 && cat; } >"$dir/out"
}
late write=4097
seq -f %015.0f 4097 | cmp - "$dir/out" >"$dir/why" 2>&1
verdict boot/late_reader "$(cat "$dir/why")"
late fault=4095
tail -n 1 "$dir/out" | grep -q "  rip .* gs " && why= || why="last line: $(tail -n 1 "$dir/out")"
verdict boot/late_reader_of_fault "$why"

# A machine whose domains all sleep uses no CPU to speak of, and lasts.
bundle sleep
TIMEFORMAT=%U
used=$({ time LIMIT=3 vm "$dir/bundle" "$dir/log" </dev/null >"$dir/out" 2>"$dir/qemu"; } 2>&1)
case $? in
124) [ "${used%.*}" -eq 0 ] && why= || why="it used $used s of 3 s" ;;
*) why="it ended" ;;
esac
verdict boot/sleep_is_idle "$why"

# A trap that the kernel has no use for: a panic with registers and the place.
nmi() {
    sleep 1
    python3 -c 'import socket, sys, time
monitor = socket.socket(socket.AF_UNIX)
monitor.connect(sys.argv[1])
monitor.sendall(b"nmi\n")
time.sleep(0.5)' "$dir/monitor"
}
nmi &
MACHINE=q35 boot trap_in_kernel 127 "  at cpu_idle+0x" log \
    -chardev socket,path="$dir/monitor",server=on,wait=off,id=m -mon chardev=m
wait
grep -q "^selkis: panic: trap 2 " "$dir/log" && grep -q "  rip ffffffff8" "$dir/log" && why= ||
    why="no registers: $(head -1 "$dir/log")"
verdict boot/panic_registers "$why"

bundle hello
bundle='' boot no_bundle 127 "no boot bundle" log
bundle='' boot backtrace 127 "  at kernel_main+0x" log
bundle='' SERIAL_COUNT=1 boot panic_on_console 127 "no boot bundle" out
mkdir "$dir/damaged"
python3 "$(dirname "$0")/damage.py" "$dir/bundle" "$dir/damaged" >"$dir/list"
while IFS=$'\t' read -r name words; do
    bundle=$dir/damaged/$name boot "bundle/$name" 127 "$words" log
done <"$dir/list"
summary
