// SPDX-License-Identifier: Apache-2.0
//
// args_* and environ_*: strings straight from the boot bundle.
#include "libos/wasi/guest.h"

struct sizes {
    uint32_t count;
    uint32_t len; // terminators included
};

static struct sizes
measure(const struct bundle *bundle, enum sk_bundle_kind kind)
{
    struct sizes sizes = {0};
    for (uint32_t i = bundle_next(bundle, 0, kind); i < bundle->entry_count;
         i = bundle_next(bundle, i + 1, kind)) {
        sizes.count++;
        sizes.len += bundle_name(bundle, i).len + 1;
    }
    return sizes;
}

static enum wasi_errno
store_sizes(struct wasi *w, enum sk_bundle_kind kind, uint32_t count, uint32_t buf_len)
{
    struct sizes sizes = measure(w->bundle, kind);
    if (!guest_holds(w, count, 4, 4) || !guest_holds(w, buf_len, 4, 4))
        return WASI_EFAULT;
    guest_store_u32(w, count, sizes.count);
    guest_store_u32(w, buf_len, sizes.len);
    return WASI_SUCCESS;
}

static enum wasi_errno
store_strings(struct wasi *w, enum sk_bundle_kind kind, uint32_t pointers, uint32_t buf)
{
    const struct bundle *bundle = w->bundle;
    struct sizes sizes = measure(bundle, kind);
    if (!guest_holds(w, pointers, (uint64_t)sizes.count * 4, 4) ||
        !guest_holds(w, buf, sizes.len, 1))
        return WASI_EFAULT;
    for (uint32_t i = bundle_next(bundle, 0, kind); i < bundle->entry_count;
         i = bundle_next(bundle, i + 1, kind)) {
        struct bundle_text text = bundle_name(bundle, i);
        guest_store_u32(w, pointers, buf);
        guest_store(w, buf, text.bytes, text.len, 1);
        guest_store(w, buf + text.len, "", 1, 1);
        pointers += 4;
        buf += text.len + 1;
    }
    return WASI_SUCCESS;
}

uint32_t
wasi_args_sizes_get(void *env, uint32_t count, uint32_t buf_len)
{
    return store_sizes(env, SK_BUNDLE_ARG, count, buf_len);
}

uint32_t
wasi_args_get(void *env, uint32_t argv, uint32_t argv_buf)
{
    return store_strings(env, SK_BUNDLE_ARG, argv, argv_buf);
}

uint32_t
wasi_environ_sizes_get(void *env, uint32_t count, uint32_t buf_len)
{
    return store_sizes(env, SK_BUNDLE_ENV, count, buf_len);
}

uint32_t
wasi_environ_get(void *env, uint32_t environ, uint32_t environ_buf)
{
    return store_strings(env, SK_BUNDLE_ENV, environ, environ_buf);
}
