// SPDX-License-Identifier: Apache-2.0
//
// Sites are found where they were put, and nowhere else.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/module.h"

struct entry {
    uint32_t func; // defined
    uint32_t code;
    uint32_t offset;
    enum wasm_site_kind kind;
    uint32_t trap;
};

// Steps of one byte and of several, back in the module, and up to the ends of the range.
static const struct entry sites[] = {
    {0, 0, 100, WASM_SITE_CALL, 0},
    {0, 1, 101, WASM_SITE_MEMORY, 0},
    {0, 90, 150, WASM_SITE_TRAP_EAX, 0},
    {0, 92, 103, WASM_SITE_TRAP, WASM_TRAP_DIVIDE_BY_ZERO},
    {2, 100000, 5000, WASM_SITE_TRAP, WASM_TRAP_UNREACHABLE},
    {2, 0x7fffffff, 0x3fffffff, WASM_SITE_MEMORY, 0},
};
enum { SITE_COUNT = sizeof(sites) / sizeof(sites[0]), FUNC_COUNT = 3 };

static uint32_t entries[FUNC_COUNT] = {0, 96, 1000};
static struct wasm_range bodies[FUNC_COUNT] = {{90, 200}, {200, 300}, {4000, 9000}};

static void
encode(struct wasm_module *module, uint8_t *bytes, uint32_t *starts)
{
    size_t len = 0;
    uint32_t next = 0;
    for (uint32_t func = 0; func < FUNC_COUNT; func++) {
        uint32_t code = entries[func];
        uint32_t offset = bodies[func].lo;
        starts[func] = (uint32_t)len;
        for (; next < SITE_COUNT && sites[next].func == func; next++) {
            const struct entry *s = &sites[next];
            size_t put =
                wasm_codemap_encode(bytes + len, s->code - code,
                                    (int64_t)s->offset - offset, s->kind, s->trap);
            assert_in_range(put, 2, WASM_SITE_MAX_BYTES);
            len += put;
            code = s->code;
            offset = s->offset;
        }
    }
    starts[FUNC_COUNT] = (uint32_t)len;
    *module = (struct wasm_module){
        .func_import_count = 7,
        .entries = entries,
        .bodies = bodies,
        .codemap = {.bytes = bytes, .starts = starts, .func_count = FUNC_COUNT},
    };
}

static void
finds_what_was_put(void **state)
{
    (void)state;
    uint8_t bytes[SITE_COUNT * WASM_SITE_MAX_BYTES];
    uint32_t starts[FUNC_COUNT + 1];
    struct wasm_module module;
    struct wasm_site site;
    encode(&module, bytes, starts);
    for (uint32_t i = 0; i < SITE_COUNT; i++) {
        assert_true(wasm_codemap_find(&module, sites[i].code, &site));
        assert_int_equal(site.kind, sites[i].kind);
        assert_int_equal(site.trap, sites[i].trap);
        assert_int_equal(site.module_offset, sites[i].offset);
        assert_int_equal(site.func_index, sites[i].func + 7);
    }
}

static void
finds_nothing_elsewhere(void **state)
{
    (void)state;
    uint8_t bytes[SITE_COUNT * WASM_SITE_MAX_BYTES];
    uint32_t starts[FUNC_COUNT + 1];
    struct wasm_module module;
    struct wasm_site site;
    const uint32_t others[] = {2, 89, 91, 95, 96, 99, 1000, 99999, 100001, UINT32_MAX};
    encode(&module, bytes, starts);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(wasm_codemap_find(&module, others[i], &site));
    module.codemap.func_count = 0;
    assert_false(wasm_codemap_find(&module, 0, &site));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(finds_nothing_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
