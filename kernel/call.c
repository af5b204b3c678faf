// SPDX-License-Identifier: Apache-2.0
//
// Dispatch: call numbers to functions. call_entry (arch/x86_64/trap.S) uses the table.
#include "kernel/call.h"

typedef void (*call_function)(void);

extern const call_function call_table[];
extern const uint64_t call_count;

#define SK_CALL(number, name, argument_count, arguments, rights, text)                   \
    [number] = (call_function)call_##name,
const call_function call_table[] = {
#include "abi/calls.def"
};
#undef SK_CALL

const uint64_t call_count = sizeof call_table / sizeof call_table[0];

int64_t
call_null(void)
{
    return SK_OK;
}
