// SPDX-License-Identifier: Apache-2.0
#include "tools/compile_port.h"

#include <stdlib.h>
#include <sys/mman.h>

static void *
heap_alloc(void *context, size_t len)
{
    (void)context;
    return calloc(1, len);
}

static void
heap_free(void *context, void *bytes, size_t len)
{
    (void)context;
    (void)len;
    free(bytes);
}

static bool
code_reserve(void *context, size_t room, uint8_t **base)
{
    (void)context;
    void *at =
        mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    *base = at;
    return at != MAP_FAILED;
}

static bool
code_commit(void *context, uint8_t *base, size_t old_len, size_t new_len)
{
    (void)context;
    return mprotect(base + old_len, new_len - old_len, PROT_READ | PROT_WRITE) == 0;
}

static bool
code_seal(void *context, uint8_t *base, size_t len)
{
    (void)context;
    return mprotect(base, len, PROT_READ) == 0;
}

static void
code_release(void *context, uint8_t *base, size_t len, size_t room)
{
    (void)context;
    (void)len;
    munmap(base, room);
}

const struct wasm_port compile_port = {
    .heap_alloc = heap_alloc,
    .heap_free = heap_free,
    .code_reserve = code_reserve,
    .code_commit = code_commit,
    .code_seal = code_seal,
    .code_release = code_release,
};
