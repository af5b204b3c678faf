// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libos/bundle.h"
#include "libos/mounts.h"
#include "test/unit/libos/bundle_maker.h"
#include "test/unit/libos/fake_sk.h"

static uint64_t
now(void)
{
    return 1;
}

static void
make_sample(struct bundle_maker *m)
{
    *m = (struct bundle_maker){0};
    bundle_add(m, SK_BUNDLE_INIT, 0, "", "elf");
    bundle_add(m, SK_BUNDLE_MODULE, 0, "a.wasm", "wasm");
    bundle_add(m, SK_BUNDLE_ARG, 0, "a", NULL);
    bundle_add(m, SK_BUNDLE_ARG, 0, "", NULL);
    bundle_add(m, SK_BUNDLE_ENV, 0, "K=V", NULL);
    bundle_add(m, SK_BUNDLE_OPTION, 0, "invoke=f", NULL);
    uint32_t root = bundle_add(m, SK_BUNDLE_PREOPEN, 0, "/", NULL);
    bundle_add(m, SK_BUNDLE_DIR, root, "d", NULL);
    bundle_add(m, SK_BUNDLE_FILE, root, "d/f", "content");
    bundle_add(m, SK_BUNDLE_SYMLINK, root, "l", "d/f");
    bundle_make(m);
}

static void
test_a_good_bundle_is_read(void **state)
{
    (void)state;
    struct bundle_maker m;
    struct bundle b;
    make_sample(&m);
    assert_null(bundle_open(&b, m.bytes, m.len));
    assert_int_equal(b.entry_count, 10);
    assert_int_equal(bundle_next(&b, 0, SK_BUNDLE_ARG), 2);
    assert_int_equal(bundle_next(&b, 4, SK_BUNDLE_ARG), 10);
    struct bundle_text text = bundle_option(&b, "invoke");
    assert_int_equal(text.len, 1);
    assert_memory_equal(text.bytes, "f", 1);
    assert_null(bundle_option(&b, "invok").bytes);
    assert_null(bundle_option(&b, "invokes").bytes);
    assert_memory_equal(bundle_data(&b, 8), "content", 7);
}

static void
test_bad_bundles_are_refused(void **state)
{
    (void)state;
    struct bundle_maker m;
    struct bundle b;
    make_sample(&m);
    for (uint64_t len = 0; len < m.len; len++)
        assert_non_null(bundle_open(&b, m.bytes, len));
    struct sk_bundle *header = (struct sk_bundle *)(void *)m.bytes;
    struct sk_bundle_entry *entries = (struct sk_bundle_entry *)(void *)(header + 1);

    header->entry_count = UINT32_MAX;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "entries outside the bundle");
    make_sample(&m);
    entries[2].name_off = UINT64_MAX;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "name outside the bundle");
    make_sample(&m);
    entries[8].data_len = UINT64_MAX;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "data outside the bundle");
    make_sample(&m);
    entries[8].parent = 9;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "entry before its preopen");
    make_sample(&m);
    entries[8].parent = 2;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "parent is no preopen");
    make_sample(&m);
    entries[2].kind = 99;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "entry of an unknown kind");
    make_sample(&m);
    entries[1].kind = SK_BUNDLE_ARG;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "no module");
    make_sample(&m);
    entries[2].kind = SK_BUNDLE_MODULE;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "more than one module");
    make_sample(&m);
    m.bytes[entries[1].name_off] = 0;
    assert_string_equal(bundle_open(&b, m.bytes, m.len), "zero byte in a name");
}

// Builds the trees of a bundle, with the allocation `fail_at` failing, and takes them
// apart. Returns how many allocations it took.
static uint64_t
build_trees(const struct bundle *b, uint64_t fail_at)
{
    struct counting_allocator memory;
    struct fs fs;
    struct mounts mounts;
    counting_init(&memory);
    memory.fail_at = fail_at;
    fs_init(&fs, &memory.allocator, now);
    const char *error = mounts_init(&mounts, &fs, b);
    assert_true(!fail_at || error || memory.calls < fail_at);
    mounts_write_back(&mounts, b);
    for (uint32_t i = 0; i < mounts.count; i++)
        fs_mount_fini(&fs, &mounts.mounts[i]);
    size_t each = sizeof(*mounts.mounts) + sizeof(*mounts.entries);
    uint32_t preopens = 0;
    for (uint32_t i = 0; i < b->entry_count; i++)
        preopens += b->entries[i].kind == SK_BUNDLE_PREOPEN;
    allocator_free(&memory.allocator, mounts.mounts, preopens * each);
    assert_int_equal(memory.live, 0);
    return memory.calls;
}

static void
test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct bundle_maker m;
    struct bundle b;
    make_sample(&m);
    assert_null(bundle_open(&b, m.bytes, m.len));
    uint64_t calls = build_trees(&b, 0);
    for (uint64_t n = 1; n <= calls; n++)
        build_trees(&b, n);
}

// The bytes are copied to an allocation of exactly their length, so that a sanitizer sees
// any access beyond them.
static void
try_bytes(const uint8_t *bytes, uint64_t len)
{
    struct bundle b;
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    if (!bundle_open(&b, copy, len))
        build_trees(&b, 0);
    free(copy);
}

static void
test_mutations_do_no_harm(void **state)
{
    (void)state;
    static struct bundle_maker m;
    srand(3);
    for (int round = 0; round < 20000; round++) {
        make_sample(&m);
        fake_reset(0);
        for (int n = rand() % 4 + 1; n > 0; n--)
            m.bytes[(uint64_t)rand() % m.len] = (uint8_t)(rand() >> (rand() % 8));
        try_bytes(m.bytes, m.len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_bundle_is_read),
        cmocka_unit_test(test_bad_bundles_are_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_mutations_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
