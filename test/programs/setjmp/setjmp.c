// SPDX-License-Identifier: Apache-2.0
//
// The run-time side of setjmp.h: the three functions whose calls clang's
// -wasm-enable-sjlj makes.
#include "setjmp.h"

enum { TAG_C_LONGJMP = 1 };

void __wasm_setjmp(void *env, unsigned label, void *function);
unsigned __wasm_setjmp_test(void *env, void *function);
_Noreturn void __wasm_longjmp(void *env, int value);

void
__wasm_setjmp(void *env, unsigned label, void *function)
{
    jmp_buf *buf = env;
    (*buf)->function = function;
    (*buf)->label = label;
}

// The label of the setjmp that filled `env`, or 0 when another call did, which must catch
// it.
unsigned
__wasm_setjmp_test(void *env, void *function)
{
    jmp_buf *buf = env;
    return (*buf)->function == function ? (*buf)->label : 0;
}

void
__wasm_longjmp(void *env, int value)
{
    jmp_buf *buf = env;
    (*buf)->thrown.env = env;
    (*buf)->thrown.value = value != 0 ? value : 1;
    __builtin_wasm_throw(TAG_C_LONGJMP, &(*buf)->thrown);
}
