// SPDX-License-Identifier: Apache-2.0
//
// proc_* and sched_yield. Of an exit code the low eight bits count, as with any process.
#include "libos/wasi/wasi.h"

void
wasi_proc_exit(void *env, uint32_t code)
{
    struct wasi *w = env;
    w->exit(w->exit_context, code & 0xff);
}

// There is nobody to take a signal.
uint32_t
wasi_proc_raise(void *env, uint32_t signal)
{
    (void)env;
    (void)signal;
    return WASI_ENOTSUP;
}

uint32_t
wasi_sched_yield(void *env)
{
    (void)env;
    (void)sk_yield();
    return WASI_SUCCESS;
}
