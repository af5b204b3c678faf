#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compiles a Kotlin source to WebAssembly: kotlin.sh COMPILER_DIR SOURCE OUT.wasm
#
# COMPILER_DIR holds the files of deps/maven.lock. First to a library of its intermediate code, then
# that and the standard library to a module, with 3.0's exceptions. The paths must be absolute.
set -eu

compiler=$(cd "$1" && pwd)
source=$2
out=$3
stdlib=$(echo "$compiler"/kotlin-stdlib-wasm-wasi-*.klib)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kotlin() {
    java -cp "$compiler/*" org.jetbrains.kotlin.cli.js.K2JSCompiler \
        -Xwasm -Xwasm-target=wasm-wasi -ir-output-name app "$@"
}

kotlin -libraries "$stdlib" -ir-output-dir "$work" -Xir-produce-klib-file "$source"
kotlin -libraries "$stdlib:$work/app.klib" -Xinclude="$work/app.klib" -ir-output-dir "$work/out" \
    -Xir-produce-js -Xir-dce -Xwasm-use-new-exception-proposal -Xwasm-enable-array-range-checks
mv "$work/out/app.wasm" "$out"
