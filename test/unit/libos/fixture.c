// SPDX-License-Identifier: Apache-2.0
#include "test/unit/libos/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *
port_heap_alloc(void *context, size_t len)
{
    (void)context;
    return calloc(1, len);
}

static void
port_heap_free(void *context, void *bytes, size_t len)
{
    (void)context;
    (void)len;
    free(bytes);
}

// Exactly as long as the guest may see, for a sanitizer to watch over its ends.
static bool
port_memory_reserve(void *context, uint64_t max, bool is_guarded, uint8_t **base)
{
    struct fixture *f = context;
    (void)max;
    (void)is_guarded;
    f->guest = calloc(1, GUEST_LEN);
    *base = f->guest;
    return f->guest;
}

static bool
port_memory_commit(void *context, uint8_t *base, uint64_t old_len, uint64_t new_len)
{
    (void)context;
    (void)base;
    (void)old_len;
    return new_len <= GUEST_LEN;
}

static void
port_memory_release(void *context, uint8_t *base, uint64_t len, uint64_t max,
                    bool is_guarded)
{
    (void)is_guarded;
    (void)context;
    (void)len;
    (void)max;
    free(base);
}

static uint64_t
now_ns(void)
{
    return ++fake.clock_ns;
}

static void
make_guest(struct fixture *f)
{
    struct wasm_store_config config = {.stack_limit = 0};
    struct wasm_limits limits = {.min = 2, .max = 2, .page_log2 = 16};
    struct wasm_memory *memory;
    f->port = (struct wasm_port){
        .context = f,
        .heap_alloc = port_heap_alloc,
        .heap_free = port_heap_free,
        .memory_reserve = port_memory_reserve,
        .memory_commit = port_memory_commit,
        .memory_release = port_memory_release,
    };
    assert_int_equal(wasm_store_create(&f->port, &config, &f->store), WASM_OK);
    assert_int_equal(wasm_memory_create(f->store, limits, &memory), WASM_OK);
    f->wasi.memory = memory;
}

void
fixture_init(struct fixture *f)
{
    fake_reset(1000);
    counting_init(&f->memory);
    bundle_make(&f->maker);
    assert_null(bundle_open(&f->bundle, f->maker.bytes, f->maker.len));
    fs_init(&f->fs, &f->memory.allocator, now_ns);
    assert_null(mounts_init(&f->mounts, &f->fs, &f->bundle));
    f->wasi = (struct wasi){
        .allocator = &f->memory.allocator, .fs = &f->fs, .bundle = &f->bundle};
    make_guest(f);
    assert_true(wasi_init(&f->wasi));
    for (uint32_t i = 0; i < f->mounts.count; i++) {
        struct bundle_text name = bundle_name(&f->bundle, f->mounts.entries[i]);
        assert_true(wasi_preopen(&f->wasi, &f->mounts.mounts[i], name));
    }
}

void
fixture_fini(struct fixture *f)
{
    wasi_fini(&f->wasi);
    for (uint32_t i = 0; i < f->mounts.count; i++)
        fs_mount_fini(&f->fs, &f->mounts.mounts[i]);
    size_t each = sizeof(*f->mounts.mounts) + sizeof(*f->mounts.entries);
    allocator_free(&f->memory.allocator, f->mounts.mounts, f->mounts.count * each);
    assert_int_equal(f->memory.live, 0);
    wasm_store_destroy(f->store);
}

void
fixture_init_sample(struct fixture *f)
{
    struct bundle_maker *m = &f->maker;
    *f = (struct fixture){0};
    bundle_add(m, SK_BUNDLE_MODULE, 0, "a.wasm", "wasm");
    bundle_add(m, SK_BUNDLE_ARG, 0, "prog", NULL);
    bundle_add(m, SK_BUNDLE_ARG, 0, "arg", NULL);
    bundle_add(m, SK_BUNDLE_ENV, 0, "K=V", NULL);
    uint32_t root = bundle_add(m, SK_BUNDLE_PREOPEN, 0, "/", NULL);
    bundle_add(m, SK_BUNDLE_DIR, root, "d", NULL);
    bundle_add(m, SK_BUNDLE_FILE, root, "d/f", "content");
    bundle_add(m, SK_BUNDLE_SYMLINK, root, "l", "d/f");
    uint32_t fixed = bundle_add(m, SK_BUNDLE_PREOPEN, 0, "/ro", NULL);
    m->entries[fixed].flags = SK_BUNDLE_READ_ONLY;
    bundle_add(m, SK_BUNDLE_FILE, fixed, "f", "fixed");
    fixture_init(f);
}

void
guest_put(struct fixture *f, uint32_t at, const char *text)
{
    memcpy(f->guest + at, text, strlen(text));
}

uint32_t
guest_u32(const struct fixture *f, uint32_t at)
{
    uint32_t value;
    memcpy(&value, f->guest + at, sizeof(value));
    return value;
}

uint64_t
guest_u64(const struct fixture *f, uint32_t at)
{
    uint64_t value;
    memcpy(&value, f->guest + at, sizeof(value));
    return value;
}

void
guest_iovec(struct fixture *f, uint32_t at, uint32_t buf, uint32_t len)
{
    memcpy(f->guest + at, &buf, 4);
    memcpy(f->guest + at + 4, &len, 4);
}

uint32_t
open_path(struct fixture *f, uint32_t dir, const char *path, uint32_t oflags,
          uint64_t access, uint32_t *fd)
{
    const uint32_t path_at = GUEST_LEN - 8192;
    const uint32_t fd_at = GUEST_LEN - 16;
    guest_put(f, path_at, path);
    uint32_t error = wasi_path_open(&f->wasi, dir, 0, path_at, (uint32_t)strlen(path),
                                    oflags, access, 0, 0, fd_at);
    *fd = error ? UINT32_MAX : guest_u32(f, fd_at);
    return error;
}
