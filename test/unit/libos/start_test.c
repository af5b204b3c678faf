// SPDX-License-Identifier: Apache-2.0
//
// A domain's whole life, with less and less memory: it does its work, or it ends with an
// error that says what would help.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "abi/domain.h"
#include "libos/libos.h"
#include "test/unit/libos/bundle_maker.h"
#include "test/unit/libos/fake_sk.h"

#define WINDOW     (1ull << 36)
#define FRAMES_MAX 400u // more than it ever takes

// (module
//   (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
//   (memory (export "memory") 1)
//   (table 10 funcref)
//   (global $sum (mut i32) (i32.const 0))
//   (func (export "_initialize") (global.set $sum (call $yield)))
//   (func (export "add") (param i32 i32) (result i32)
//     (i32.add (global.get $sum) (i32.add (local.get 0) (local.get 1)))))
static const char module[] = "\0asm\1\0\0\0"
                             "\1\16\3\140\0\1\177\140\0\0\140\2\177\177\1\177"
                             "\2\46\1\26wasi_snapshot_preview1\13sched_yield\0\0"
                             "\3\3\2\1\2"
                             "\4\4\1\160\0\12"
                             "\5\3\1\0\1"
                             "\6\6\1\177\1\101\0\13"
                             "\7\36\3\6memory\2\0\13_initialize\0\1\3add\0\2"
                             "\12\23\2\6\0\20\0\44\0\13\12\0\43\0\40\0\40\1\152\152\13";

// Empty folders move the places where allocations run out of memory.
static void
make_bundle(struct bundle_maker *m, unsigned folders)
{
    *m = (struct bundle_maker){0};
    bundle_add_bytes(m, SK_BUNDLE_MODULE, 0, "add.wasm", module, sizeof(module) - 1);
    bundle_add(m, SK_BUNDLE_ARG, 0, "add.wasm", NULL);
    bundle_add(m, SK_BUNDLE_ARG, 0, "2", NULL);
    bundle_add(m, SK_BUNDLE_ARG, 0, "3", NULL);
    bundle_add(m, SK_BUNDLE_OPTION, 0, "invoke=add", NULL);
    uint32_t root = bundle_add(m, SK_BUNDLE_PREOPEN, 0, "/", NULL);
    bundle_add(m, SK_BUNDLE_FILE, root, "f", "content");
    for (unsigned i = 0; i < folders; i++) {
        char name[] = {'d', (char)('a' + i), 0};
        bundle_add(m, SK_BUNDLE_DIR, root, name, NULL);
    }
    bundle_make(m);
}

static void
run(const struct bundle_maker *m)
{
    static struct sk_boot_info boot;
    char here;
    boot = fake_boot(1, WINDOW);
    boot.linear_va = boot.va_lo;
    boot.linear_len = WINDOW / 2;
    boot.va_lo += WINDOW / 2;
    boot.bundle_va = (uintptr_t)m->bytes;
    boot.bundle_len = m->len;
    boot.stack_hi = (uintptr_t)&here / SK_PAGE_SIZE * SK_PAGE_SIZE;
    boot.stack_lo = boot.stack_hi - SK_INIT_STACK_LEN;
    if (setjmp(fake.exit) == 0)
        sk_main(&boot);
    assert_int_equal(munmap((void *)boot.linear_va, WINDOW), 0);
}

static bool
output_is(const struct fake_output *out, const char *text)
{
    return out->len == strlen(text) && memcmp(out->bytes, text, out->len) == 0;
}

static bool
output_has(const struct fake_output *out, const char *text)
{
    return memmem(out->bytes, out->len, text, strlen(text)) != NULL;
}

// Returns how many frames are enough.
static uint64_t
starve(const struct bundle_maker *m, uint64_t tables)
{
    for (uint64_t frames = 0; frames < FRAMES_MAX; frames++) {
        fake_reset(frames);
        fake.tables_left = tables;
        run(m);
        if (fake.exit_status == 0) {
            assert_true(output_is(&fake.console, "5\n"));
            assert_int_equal(fake.log.len, 0);
            return frames;
        }
        assert_int_equal(fake.exit_status, 1);
        assert_int_equal(fake.console.len, 0);
        assert_true(output_has(&fake.log, "selkis: error: out of memory"));
        assert_true(output_has(&fake.log, "--mem"));
    }
    return FRAMES_MAX;
}

static void
test_memory_may_end_anywhere(void **state)
{
    (void)state;
    static struct bundle_maker m;
    for (unsigned folders = 0; folders < 8; folders++) {
        make_bundle(&m, folders * 3);
        assert_in_range(starve(&m, UINT64_MAX), 40, FRAMES_MAX - 1);
        assert_in_range(starve(&m, 0), 40, FRAMES_MAX - 1);
    }
}

// (module
//   (tag (param i32))
//   (func (export "_start") (throw 0 (i32.const 9)))), and the same as start function
static const char throwing[] = "\0asm\1\0\0\0"
                               "\1\10\2\140\0\0\140\1\177\0"
                               "\3\2\1\0"
                               "\15\3\1\0\1"
                               "\7\12\1\6_start\0\0"
                               "\12\10\1\6\0\101\11\10\0\13";
static const char throwing_early[] = "\0asm\1\0\0\0"
                                     "\1\10\2\140\0\0\140\1\177\0"
                                     "\3\2\1\0"
                                     "\15\3\1\0\1"
                                     "\10\1\0"
                                     "\12\10\1\6\0\101\11\10\0\13";

static void
expect_uncaught(const char *bytes, size_t len)
{
    static struct bundle_maker m;
    m = (struct bundle_maker){0};
    bundle_add_bytes(&m, SK_BUNDLE_MODULE, 0, "throw.wasm", bytes, len);
    bundle_add(&m, SK_BUNDLE_ARG, 0, "throw.wasm", NULL);
    bundle_make(&m);
    fake_reset(FRAMES_MAX);
    run(&m);
    assert_int_equal(fake.exit_status, 134);
    assert_true(output_has(&fake.log, "selkis: error: uncaught exception\n"));
}

static void
test_an_uncaught_exception_ends_it_like_a_trap(void **state)
{
    (void)state;
    expect_uncaught(throwing, sizeof(throwing) - 1);
    expect_uncaught(throwing_early, sizeof(throwing_early) - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_may_end_anywhere),
        cmocka_unit_test(test_an_uncaught_exception_ends_it_like_a_trap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
