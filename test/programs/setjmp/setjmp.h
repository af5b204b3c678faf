// SPDX-License-Identifier: Apache-2.0
//
// setjmp and longjmp as WebAssembly exceptions, which Debian's wasi-libc does not have.
// clang's -wasm-enable-sjlj rewrites calls of both; what it calls instead is in setjmp.c.
#pragma once

typedef struct {
    void *function; // the call of the function that called setjmp, known by an address in
                    // its frame
    unsigned label; // which setjmp of that function
    struct {
        void *env;
        int value;
    } thrown; // the payload of the exception
} jmp_buf[1];

int setjmp(jmp_buf env) __attribute__((__returns_twice__));
_Noreturn void longjmp(jmp_buf env, int value);

#define setjmp setjmp
