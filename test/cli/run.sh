#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Tests of the command line. run.sh SELKIS APP.wasm
# Prints one line per case and the sum. Every run has a time limit.
set -u
here=$(dirname "$(realpath "$0")")
selkis=$(realpath "$1")
app=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0
failed=0

# ---- Judging ----

# verdict NAME OK: one line per case; a failed one shows what it printed.
verdict() {
    if [ "$2" = yes ]; then
        passed=$((passed + 1))
        echo "ok     $1"
        return
    fi
    failed=$((failed + 1))
    echo "FAILED $1 (exit $code)"
    head -c 2000 out err 2>/dev/null
}

# run_for SECONDS ARGS...: runs the command; its code is in $code, its streams in out and err.
run_for() {
    local limit=$1
    shift
    timeout -k 5 "$limit" "$selkis" "$@" >out 2>err
    code=$?
}

# check NAME CODE OUT ERR: $code, and patterns (grep -E; '' for empty) of the streams.
check() {
    local ok=yes
    [ "$code" = "$2" ] || ok=no
    if [ -n "$3" ]; then grep -qE -- "$3" out || ok=no; else [ ! -s out ] || ok=no; fi
    if [ -n "$4" ]; then grep -qE -- "$4" err || ok=no; else [ ! -s err ] || ok=no; fi
    verdict "$1" $ok
}

# usage NAME ERR ARGS...: a usage error says what is wrong and gives a hint.
usage() {
    local name=$1 pattern=$2
    shift 2
    run_for 10 "$@" </dev/null
    if grep -q '^selkis: hint: ' err; then
        check "usage: $name" 2 '' "^selkis: error: .*$pattern"
    else
        verdict "usage: $name" no
    fi
}

# gone PID: whether the process ends soon.
gone() {
    for _ in $(seq 40); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.05
    done
    return 1
}

# ---- Usage, help, files ----

usage "no such verb" "frobnicate" frobnicate
for verb in compile image; do
    usage "$verb is not there yet" "$verb.*not there yet" $verb x.wasm
done
usage "a program, no verb" "no verb" "$app"
usage "no program" "which program" run
usage "unknown option" "--frob" run --frob "$app"
usage "value missing" "needs a value" run --mem
usage "two CPUs" "more than one CPU" run --cpus 2 "$app"
usage "CPUs not a number" "not a number" run --cpus many "$app"
for size in 0 1K 12X -5 99999999999999999999G '' 512MM; do
    usage "--mem '$size'" "not a size" run --mem "$size" "$app"
done
for duration in 0 -1 1y '' 99999999999h; do
    usage "--timeout '$duration'" "not a duration" run --timeout "$duration" "$app"
done
usage "--accel" "not an accelerator" run --accel warp "$app"
usage "--icount with --host" "icount" run --icount --host "$app"
usage "--perf without --host" "Linux process" run --perf "$app"
usage "--gdb with --vm" "Linux process" run --vm --gdb "$app"
usage "--icount with kvm" "icount" run --icount --accel kvm "$app"
usage "--env without a name" "no name" run --env =x "$app"
usage "--env of nothing" "not set" run --env SELKIS_TEST_UNSET "$app"
usage "--dir without a name" "no name" run --dir ::x "$app"
usage "--dir twice" "granted twice" run --dir .::a --dir /::a "$app"
usage "inspect nothing" "APP.wasm" inspect
usage "wast nothing" "FILE.wast" wast
usage "wast: unknown option" "--frob" wast --frob x.wast
usage "wast: --list without a file" "--list" wast --list

for words in "--help" "run --help" "run -h" "inspect --help" "inspect -h" "wast --help" "wast -h"; do
    run_for 10 $words </dev/null
    [ "$(wc -l <out)" -le 24 ] || code=long
    [ "$(wc -L <out)" -le 100 ] || code=wide
    check "help fits a screen: $words" 0 selkis ''
done
run_for 10 --version
check "--version" 0 '^selkis [0-9]' ''

"$selkis" inspect "$app" >/dev/full 2>err
code=$?
: >out
check "inspect: full device as standard output" 1 '' 'error: cannot write standard output: No space'

run_for 10 run missing.wasm
check "missing program" 1 '' 'error: cannot open missing.wasm: No such file'
run_for 10 run .
check "folder as program" 1 '' 'error: cannot open \.: Is a directory'
run_for 10 run /dev/null
check "device as program" 1 '' 'error: cannot open /dev/null'
run_for 10 run --dir nowhere "$app"
check "missing folder" 1 '' 'error: cannot open nowhere: No such file'
run_for 10 run --dir "$app" "$app"
check "file as folder" 1 '' 'error: cannot open .*: Not a directory'
run_for 10 inspect "$app"
check "inspect" 0 'wasi_snapshot_preview1.fd_write' ''
check "inspect: the engine compiles it" 0 '^engine: compiles \([0-9]+ functions, [0-9.]+ KB of code' ''
# A function with a `try` of old.
printf '\0asm\1\0\0\0\1\4\1\140\0\0\3\2\1\0\12\7\1\5\0\6\100\13\13' >legacy.wasm
run_for 10 inspect legacy.wasm
check "inspect: the engine refuses it" 0 '^engine: refuses it at offset 0x.*: unsupported: legacy exceptions' ''
run_for 10 inspect missing.wasm
check "inspect: missing" 1 '' 'error: cannot open missing.wasm'
head -c 100 "$app" >cut.wasm
run_for 10 inspect cut.wasm
check "inspect: cut off" 1 '' 'error: cut.wasm: at offset 0x'

# ---- Text ----

cat >kinds.wat <<'END'
(module
  (import "env" "t" (tag (param i32)))
  (memory (export "shared") 1 2 shared)
  (memory (export "wide") i64 1)
  (memory (export "bytes") 10 20 (pagesize 1))
  (table (export "table") i64 3 10 exnref))
END
run_for 10 inspect kinds.wat
mv out kinds
for line in '! env.t: tag func \(i32\) -> \(\)' 'shared: memory 1..2 pages of 64 KiB, shared' \
    'wide: memory i64 1 pages of 64 KiB' 'bytes: memory 10..20 pages of 1 byte' \
    'table: table i64 3..10 exnref'; do
    cp kinds out
    check "inspect: $line" 0 "^ *$line\$" ''
done

cat >words.wat <<'END'
(module
  (func $f (result i32)
    (i32.addd)))
END
run_for 10 run --host words.wat
check "text: an error has line and column" 1 '' 'error: words.wat:3:6: unknown operator i32.addd$'
run_for 10 inspect words.wat
check "inspect: text with an error" 1 '' 'error: words.wat:3:6: unknown operator'
cat >invalid.wat <<'END'
(module
  (func (export "_start")
    (drop
      (i32.add (i32.const 1) (i64.const 2)))))
END
for verb in "run --host" inspect; do
    run_for 10 $verb invalid.wat
    check "$verb: what is invalid has line and column" 1 '' \
        'error: invalid.wat:4:8: type mismatch in i32.add$'
done
cp "$app" binary.wat
run_for 10 run --host binary.wat stderr hello
check "a binary module by the name of .wat" 0 '' '^hello$'

# ---- Scripts ----

cat >script.wast <<'END'
(module (func (export "one") (result i32) (i32.const 1)) (func (export "trap") unreachable))
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "one") (i32.const 2))
  (assert_trap (invoke "trap") "out of bounds")
END
run_for 10 wast script.wast
check "wast: what was expected, what came" 1 \
    '^script.wast:3:1: .*one: result 1: expected i32 2 .*, got i32 1 ' ''
run_for 10 wast script.wast
check "wast: another" 1 '^script.wast:4:3: .*expected "out of bounds", got unreachable$' ''
run_for 10 wast script.wast
check "wast: the sum" 1 '^1 passed, 2 failed, 0 skipped$' ''
(echo; cat invalid.wat) >invalid.wast
run_for 10 wast invalid.wast
check "wast: what is invalid has line and column" 1 \
    '^invalid.wast:2:1: module: invalid at 5:8: type mismatch in i32.add$' ''
printf 'script.wast:3 known\nscript:4 with and without the ending\n' >list
run_for 10 wast --list list -- script.wast
check "wast: --list" 0 '^1 passed, 0 failed, 2 skipped$' ''
echo 'script.wast:2 passes' >>list
run_for 10 wast --list list script.wast
check "wast: --list with an entry that passes" 1 '^script:2: listed .* but passes$' ''
echo 'script' >list
run_for 10 wast --list list script.wast
check "wast: --list that is none" 2 '' '^selkis: error: list:1: not an entry'
run_for 10 wast --list nowhere script.wast
check "wast: --list that is not there" 2 '' '^selkis: error: cannot open nowhere: No such file'
run_for 10 run --host script.wast
check "run: a script" 1 '' 'hint: .*selkis wast'
run_for 10 wast missing.wast
check "wast: missing file" 1 '0 passed, 1 failed' '^selkis: error: cannot run missing.wast: No such'
run_for 10 wast "$app"
check "wast: a binary module" 1 '0 passed, 1 failed' 'error: .*binary module, no script'
echo 'int main(void) { return 0; }' >main.c
run_for 10 wast main.c
[ "$(wc -l <out)" -le 3 ] || code=noisy
check "wast: text that is no script" 1 '^main.c:1:1: ' ''
run_for 10 wast script.wast missing.wast script.wast
check "wast: several files" 1 '^2 passed, 5 failed, 0 skipped$' 'missing.wast: No such'
echo '(module (func (export "l") (loop (br 0)))) (invoke "l")' >loop.wast
timeout --preserve-status -k 5 -s INT 1 "$selkis" wast loop.wast >out 2>err
code=$?
check "wast: SIGINT" 130 '' ''
"$selkis" wast loop.wast script.wast >out 2>err &
tool=$!
sleep 0.5
child=$(pgrep -P $tool)
kill $tool
wait $tool 2>/dev/null
code="$?, child '$child'"
[ -n "$child" ] && gone "$child" && same=yes || same=no
verdict "wast: SIGTERM leaves no process" $same

# threads N: a script of N threads inside each other.
threads() {
    if [ $1 = 0 ]; then
        echo '(module (func (export "f"))) (assert_return (invoke "f"))'
    else
        echo "(thread \$t$1 $(threads $(($1 - 1)))) (wait \$t$1)"
    fi
}
threads 8 >threads.wast
run_for 10 wast threads.wast
check "wast: eight threads inside each other" 0 '^1 passed, 0 failed' ''
threads 9 >threads.wast
run_for 10 wast threads.wast
check "wast: and not nine" 1 'thread: unsupported: threads so deep' ''

mkdir big
truncate -s 100M big/file
run_for 10 run --host --mem 64M --dir big "$app" exit 0
check "folder larger than memory" 1 '' 'hint: .*--mem'

# ---- Platforms ----

PATH=/nowhere "$selkis" run "$app" exit 5 >out 2>err </dev/null
code=$?
check "no QEMU: falls back and says so" 5 '' 'qemu-system-x86_64.*--host'
PATH=/nowhere "$selkis" run --vm "$app" exit 5 >out 2>err </dev/null
code=$?
check "no QEMU with --vm: says what to install" 1 '' 'hint: .*qemu-system-x86'

mkdir nodes && (cd nodes && mkfifo {1..20})
run_for 10 run --host --dir nodes "$app" exit 0
[ "$(wc -l <err)" -lt 10 ] || code=noisy
check "many files left out: a few notes" 0 '' 'left out 15 more'
rm -r nodes

run_for 5 run --host --invoke _start "$app" $(seq 100000) </dev/null
check "100,000 arguments" 1 '' 'wrong number of arguments for _start: it takes 0, 100000 given'

# Limits of Linux that the process runs into.
(ulimit -v 4000000; "$selkis" run --host "$app" exit 0 >out 2>err </dev/null)
code=$?
check "address space limit: says so" 1 '' 'ulimit -v'

(ulimit -f 100; "$selkis" run --host "$app" exit 0 >out 2>err </dev/null)
code=$?
check "file size limit: says so" 1 '' 'error: .*File too large'

# trap_of PLATFORM MESSAGE FUNCTION FIELDS: the trap of a module's $FUNCTION, its call stack.
trap_of() {
    echo "(module $4)" >trap.wat
    run_for 30 run $1 trap.wat </dev/null
    grep -qE "^    at $3 \(offset 0x[0-9a-f]+\)" err || code=untraced
    check "$1: trap: $2" 134 '' "^selkis: error: (trap: )?$2\$"
}

# refused PLATFORM NAME MESSAGE FIELDS: a module that does not start.
refused() {
    echo "(module $4 (func (export \"_start\")))" >refused.wat
    run_for 30 run $1 refused.wat </dev/null
    check "$1: $2" 1 '' "^selkis: error: .*$3"
}

modules() {
    local start='(func $f (export "_start")'
    trap_of $1 'null structure reference' f \
        "(type \$s (struct (field i32))) $start (drop (struct.get \$s 0 (ref.null \$s))))"
    trap_of $1 'cast failure' f \
        "$start (drop (ref.cast (ref i31) (ref.null any))))"
    trap_of $1 'out of bounds array access' f \
        "(type \$a (array i8)) $start (drop (array.get_u \$a (array.new_default \$a (i32.const 3)) (i32.const 3))))"
    trap_of $1 'unaligned atomic' f "(memory 1) $start (drop (i32.atomic.load (i32.const 1))))"
    trap_of $1 'out of memory' f \
        "(type \$a (array i64)) $start (drop (array.new_default \$a (i32.const -1))))"
    trap_of $1 'uncaught exception' g "(tag \$t) (func \$g (throw \$t)) $start (call \$g))"
    trap_of $1 'call stack exhausted' f \
        "(func \$g (param i64) (return_call \$f)) $start (call \$g (i64.const 0)))"
    refused $1 'a memory that nobody gives' 'import env.m \(memory\)' '(import "env" "m" (memory 1))'
    refused $1 'a global that nobody gives' 'import env.g \(global\)' '(import "env" "g" (global i32))'
    refused $1 'a tag that nobody gives' 'import env.t \(tag\)' '(import "env" "t" (tag))'
    refused $1 'threads' 'import wasi.thread-spawn \(function\): threads .*wasi-threads' \
        '(import "wasi" "thread-spawn" (func (param i32) (result i32)))'
    refused $1 'threads: their memory' 'import env.memory \(memory\): .*wasi-threads' \
        '(import "env" "memory" (memory 1 10 shared))'
    refused $1 'a memory64 of 4 PiB' 'out of memory for linear memory' '(memory i64 0x1000000000)'
    refused $1 'a table64 of 2^36' 'out of memory for table' '(table i64 0x1000000000 funcref)'
    refused $1 'shared without maximum' 'shared memory must have maximum' '(memory 1 shared)'
    echo '(module (func (export "v") (param v128)) (func (export "d") (param f64) (result f64) local.get 0))' >invoke.wat
    run_for 30 run $1 --invoke v invoke.wat 1 </dev/null
    check "$1: --invoke: a vector" 1 '' 'argument 1 is a value of type v128'
    run_for 30 run $1 --invoke d invoke.wat -1.5 </dev/null
    check "$1: --invoke: a float" 0 '^-1.5$' ''
}

on_platform() {
    p=$1
    run_for 30 run $p --dir . "$app" exit 42 </dev/null
    check "$p: exit code" 42 '' ''
    run_for 30 run $p "$app" trap </dev/null
    check "$p: trap" 134 '' 'error: trap: unreachable'
    run_for 30 run $p -- "$app" args --vm --help -x '' 'a b' </dev/null
    check "$p: words after the program are its own" 0 'args..--vm..--help..-x....a b.$' ''
    run_for 30 run $p --env SELKIS_A=1=2 "$app" env SELKIS_A </dev/null
    check "$p: --env" 0 '^1=2$' ''
    SELKIS_B=inherited run_for 30 run $p --env SELKIS_B "$app" env SELKIS_B </dev/null
    check "$p: --env inherits" 0 '^inherited$' ''
    run_for 30 run $p "$app" env HOME </dev/null
    check "$p: no variable without --env" 0 '^unset$' ''
    run_for 30 run $p "$app" stderr oops </dev/null
    check "$p: standard error" 0 '' '^oops$'

    # Streams.
    printf 'one\020two\004\n' | timeout 30 "$selkis" run $p "$app" cat >out 2>err
    code=$?
    [ "$(cat out)" = "$(printf 'one\020two\004')" ] && same=yes || same=no
    verdict "$p: any byte passes standard input" $same
    head -c 20000 /dev/urandom >random
    timeout 60 "$selkis" run $p "$app" cat <random >out 2>err
    code=$?
    cmp -s random out && same=yes || same=no
    verdict "$p: 20,000 random bytes" $same
    timeout 30 "$selkis" run $p "$app" cat <&- >out 2>err
    code=$?
    check "$p: closed standard input" 0 '' ''
    timeout 30 "$selkis" run $p "$app" lines 1 >&- 2>err </dev/null
    code=$?
    : >out
    check "$p: closed standard output" 0 '' ''
    timeout 30 "$selkis" run $p "$app" lines -1 2>err </dev/null | head -1 >out
    code=${PIPESTATUS[0]}
    check "$p: reader of the output goes away" 141 '^line 0' ''
    timeout 30 "$selkis" run $p "$app" lines 3 2>err >/dev/full </dev/null
    code=$?
    : >out
    check "$p: full device as standard output" 1 '' '^selkis: '
    (echo early; sleep 1; echo late) | timeout 30 "$selkis" run $p "$app" cat >out 2>err
    code=$?
    check "$p: input in two parts" 0 'late' ''
    script -qec "stty -a >before; '$selkis' run $p '$app' exit 3; echo code \$?; stty -a >after" \
        /dev/null >out 2>err </dev/null
    code=0
    cmp -s before after || code=changed
    check "$p: the terminal stays as it is" 0 'code 3' ''

    printf 'one\ntwo\nthree\n' | while read -r line; do
        timeout 30 "$selkis" run $p "$app" args "$line"
        echo
    done >out 2>err
    code=$(grep -c '^.*\[args]\[\(one\|two\|three\)]$' out)
    verdict "$p: input stays for others" "$([ "$code" = 3 ] && echo yes)"

    # Endings.
    run_for 30 run $p --timeout 500ms "$app" spin </dev/null
    check "$p: --timeout of a loop" 124 '' 'error: .*--timeout'
    run_for 30 run $p --timeout 0.5s "$app" sleep 20 </dev/null
    check "$p: --timeout of a sleeper" 124 '' 'error: .*--timeout'
    for signal in INT:130 TERM:143 HUP:129; do
        timeout --preserve-status -k 5 -s ${signal%:*} 1 "$selkis" run $p "$app" spin \
            >out 2>err </dev/null
        code=$?
        check "$p: SIG${signal%:*}" ${signal#*:} '' ''
    done
    for verb in spin cat; do
        timeout 60 "$here/ctrl_c.py" "$selkis" run $p "$app" ready $verb >out 2>err
        code=$?
        check "$p: Ctrl-C on a terminal: $verb" 0 '^fine$' ''
    done
    for signal in TERM KILL; do
        "$selkis" run $p "$app" sleep 20 >out 2>err </dev/null &
        tool=$!
        sleep 0.7
        child=$(pgrep -P $tool)
        kill -$signal $tool
        wait $tool 2>/dev/null
        code="$?, child '$child'"
        [ -n "$child" ] && gone "$child" && same=yes || same=no
        verdict "$p: SIG$signal leaves no process" $same
    done

    # Folders.
    rm -rf folder
    mkdir -p folder/sub
    echo old >folder/sub/old
    ln -s sub/old folder/link
    ln -s /etc/passwd folder/out
    mkfifo folder/fifo
    run_for 30 run $p --dir folder::/f "$app" print /f/link </dev/null
    check "$p: a folder, links and all" 0 '^old$' 'left out folder/fifo'
    run_for 30 run $p --dir folder::/f "$app" write /f/fifo x </dev/null
    [ -p folder/fifo ] || code=replaced
    check "$p: what was left out is not replaced" 1 '' 'cannot write back folder/fifo: File exists'
    rm folder/fifo
    run_for 30 run $p --dir folder::/f "$app" print /f/out </dev/null
    check "$p: a link out of the folder leads nowhere" 1 '' '/f/out'
    run_for 30 run $p "$app" print folder/sub/old </dev/null
    check "$p: no folder without --dir" 1 '' 'hint: .*--dir'
    run_for 30 run $p --dir folder "$app" write folder/sub/new text </dev/null
    [ "$(cat folder/sub/new 2>&1)" = text ] || code=unwritten
    check "$p: write-back" 0 '' 'wrote back 1 file .*folder'
    run_for 30 run $p --dir folder "$app" print folder/sub/new </dev/null
    check "$p: nothing changed, nothing said" 0 '^text$' ''
    chmod 640 folder/sub/old
    [ "$(id -u)" != 0 ] || chown 1:2 folder/sub/old
    modes=$(stat -c '%a %u %g' folder/sub/old)
    run_for 30 run $p --dir folder "$app" write folder/sub/old new </dev/null
    [ "$(cat folder/sub/old) $(stat -c '%a %u %g' folder/sub/old)" = "new $modes" ] || code=unwritten
    check "$p: a file that is replaced keeps mode and owner" 0 '' 'wrote back'
    run_for 30 run $p --mem 48M --dir folder "$app" zeroes folder/zeroes 100000000 </dev/null
    check "$p: files larger than memory" 1 '' '^folder/zeroes: No space left'
    rm -f folder/zeroes
    run_for 30 run $p --dir folder "$app" remove folder/sub/new </dev/null
    [ ! -e folder/sub/new ] || code=there
    check "$p: a removed file" 0 '' 'removed 1'
    run_for 30 run $p --dir folder "$app" mkdir folder/made </dev/null
    [ -d folder/made ] || code=unmade
    check "$p: a made folder" 0 '' 'made 1 folder'
    run_for 30 run $p --dir folder::/f:ro "$app" write /f/sub/no x </dev/null
    [ ! -e folder/sub/no ] || code=written
    check "$p: :ro" 1 '' '/f/sub/no'
    run_for 30 run $p --dir folder "$app" trap </dev/null
    grep -q 'not written back' err && code=noisy
    check "$p: a trap loses nothing" 134 '' 'trap: unreachable'
    run_for 30 run $p --dir folder "$app" lose folder/lost x </dev/null
    [ ! -e folder/lost ] || code=written
    check "$p: a trap loses changes and says so" 134 '' 'not written back'
    run_for 30 run $p --dir . "$app" write inside.txt x </dev/null
    [ "$(cat inside.txt)" = x ] || code=unwritten
    check "$p: --dir ." 0 '' 'wrote back'
    rm inside.txt
    [ -z "$(find . -name '.selkis-*')" ] && same=yes || same=no
    verdict "$p: no temporary file stays" $same
    full_disk $p
    busy_folder $p
    modules $p
}

# A file system of 64 KiB, in a mount namespace of its own.
full_disk() {
    mkdir -p small
    unshare -rm true 2>/dev/null || return
    unshare -rm sh -c 'mount -t tmpfs -o size=64k none small &&
        { timeout 30 "$0" run $2 --dir small "$1" zeroes small/zeroes 200000; echo code $?
          ls -A small; }' "$selkis" "$app" $1 >out 2>err </dev/null
    code=0
    [ "$(cat out)" = "code 1" ] || code=half
    check "$1: full disk: an error, and no half file" 0 'code' 'error: cannot write back .*No space'
}

# Files come and go while the folder is read.
busy_folder() {
    mkdir -p busy
    (while [ -d busy ]; do
        touch busy/{1..50}
        rm -f busy/{1..50}
    done 2>/dev/null) &
    code=0
    for _ in 1 2 3 4 5; do
        timeout 30 "$selkis" run $1 --dir busy:ro "$app" exit 0 >out 2>err </dev/null || code=$?
    done
    until rm -rf busy 2>/dev/null; do :; done
    wait $!
    verdict "$1: a folder that changes while it is read" "$([ $code = 0 ] && echo yes)"
}

on_platform --host
on_platform --vm

run_for 60 run --vm --icount "$app" exit 0 </dev/null
check "--icount prints counts" 0 '' 'instructions_to_first_wasm +[0-9]'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
