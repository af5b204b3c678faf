# SPDX-License-Identifier: Apache-2.0
#
# How tests start a machine. To be sourced; the caller may set:
#   KERNEL  kernel image           MACHINE  microvm or q35     MEMORY  512M
#   ACCEL   tcg                    CPU      max                LIMIT   seconds to live
#   SERIAL_COUNT  how many serial lines there are, 1 to 3

KERNEL=${KERNEL:-build/selkis.elf}

# vm BUNDLE LOG [QEMU ARGUMENT...]: boots with BUNDLE ("" for none); standard input and
# output are the console, the log goes to the file LOG. Returns what QEMU exits with, which
# is (status << 1 | 1) & 255 for a machine that powers off with status; 124: too slow.
vm() {
    local bundle=$1 log=$2 lines=${SERIAL_COUNT:-3} machine=${MACHINE:-microvm}
    shift 2
    if [ "$machine" = microvm ]; then
        machine=microvm,pic=off,pit=off,rtc=on,isa-serial=off,x-option-roms=off
        machine=$machine,auto-kernel-cmdline=off
    fi
    set -- -chardev stdio,id=c0,signal=off -device isa-serial,index=0,chardev=c0 "$@"
    [ "$lines" -ge 2 ] && set -- "$@" -chardev file,path="$log",id=c1 \
        -device isa-serial,index=1,chardev=c1
    [ "$lines" -ge 3 ] && set -- "$@" -chardev null,id=c2 \
        -device isa-serial,index=2,chardev=c2
    [ -n "$bundle" ] && set -- "$@" -initrd "$bundle"
    timeout -k 1 "${LIMIT:-20}" qemu-system-x86_64 -M "$machine" -accel "${ACCEL:-tcg}" \
        -cpu "${CPU:-max}" -m "${MEMORY:-512M}" -nodefaults -no-user-config -display none \
        -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$KERNEL" "$@"
}

# status N: what QEMU exits with when the machine powers off with status N.
status() {
    echo $((($1 << 1 | 1) & 255))
}

passed=0
failed=0

# verdict NAME WHY: one line per case; WHY is empty when it is good.
verdict() {
    if [ -z "$2" ]; then
        echo "ok $1"
        passed=$((passed + 1))
    else
        echo "not ok $1: $2"
        failed=$((failed + 1))
    fi
}

summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
