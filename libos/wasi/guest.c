// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/guest.h"

#include "engine/engine.h"
#include "libos/fs/fs.h"

bool
guest_bytes(const struct wasi *w, uint32_t at, uint64_t len, uint8_t **bytes)
{
    if (!w->memory)
        return false;
    uint64_t memory_len = wasm_memory_len(w->memory);
    if (at > memory_len || len > memory_len - at)
        return false;
    *bytes = wasm_memory_base(w->memory) + at;
    return true;
}

bool
guest_holds(const struct wasi *w, uint32_t at, uint64_t len, uint32_t align)
{
    uint8_t *bytes;
    return at % align == 0 && guest_bytes(w, at, len, &bytes);
}

uint32_t
guest_element(uint32_t array, uint32_t index, uint32_t size)
{
    return array + index * size;
}

bool
guest_load(const struct wasi *w, uint32_t at, void *to, uint32_t len, uint32_t align)
{
    uint8_t *bytes;
    if (at % align != 0 || !guest_bytes(w, at, len, &bytes))
        return false;
    memcpy(to, bytes, len);
    return true;
}

bool
guest_store(const struct wasi *w, uint32_t at, const void *from, uint32_t len,
            uint32_t align)
{
    uint8_t *bytes;
    if (at % align != 0 || !guest_bytes(w, at, len, &bytes))
        return false;
    memcpy(bytes, from, len);
    return true;
}

// Length of the UTF-8 sequence at `at`, or 0 when it is none (Unicode, table 3-7).
static uint32_t
utf8_len(const uint8_t *at, uint32_t left)
{
    uint8_t first = at[0];
    if (first < 0x80)
        return 1;
    uint32_t len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || len > left)
        return 0;
    uint8_t lo = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t hi = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < lo || at[1] > hi)
        return 0;
    for (uint32_t i = 2; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

enum wasi_errno
guest_path(const struct wasi *w, uint32_t at, uint32_t len, const char **path)
{
    uint8_t *bytes;
    if (!guest_bytes(w, at, len, &bytes))
        return WASI_EFAULT;
    if (len > FS_PATH_MAX)
        return WASI_ENAMETOOLONG;
    for (uint32_t i = 0; i < len;) {
        uint32_t step = utf8_len(bytes + i, len - i);
        if (!step)
            return WASI_EILSEQ;
        if (!bytes[i])
            return WASI_EINVAL;
        i += step;
    }
    *path = (const char *)bytes;
    return WASI_SUCCESS;
}
