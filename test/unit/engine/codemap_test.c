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
    {0, 90, 150, WASM_SITE_CALL_REFS, 0},
    {0, 92, 103, WASM_SITE_TRAP, WASM_TRAP_DIVIDE_BY_ZERO},
    {0, 96, 104, WASM_SITE_CALL_REFS, 0}, // a call that ends its function
    {2, 100000, 5000, WASM_SITE_TRAP, WASM_TRAP_UNREACHABLE},
    {2, 0x7fffffff, 0x3fffffff, WASM_SITE_MEMORY, 0},
};
enum { SITE_COUNT = sizeof(sites) / sizeof(sites[0]), FUNC_COUNT = 3 };

// The reference map of every site that has one.
static const int32_t slots[] = {-0x7ffffff8, -1024, -16, -8, 16, 24, 0x7ffffff8};
enum { SLOT_COUNT = sizeof(slots) / sizeof(slots[0]) };
#define SITE_ROOM (WASM_SITE_MAX_BYTES + WASM_REFS_MAX_BYTES(SLOT_COUNT))

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
            if (s->kind == WASM_SITE_CALL_REFS) {
                put = wasm_codemap_encode_refs(bytes + len, slots, SLOT_COUNT);
                assert_in_range(put, 1, WASM_REFS_MAX_BYTES(SLOT_COUNT));
                len += put;
            }
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
    uint8_t bytes[SITE_COUNT * SITE_ROOM];
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
    uint8_t bytes[SITE_COUNT * SITE_ROOM];
    uint32_t starts[FUNC_COUNT + 1];
    struct wasm_module module;
    struct wasm_site site;
    const uint32_t others[] = {2, 89, 91, 95, 97, 99, 1000, 99999, 100001, UINT32_MAX};
    encode(&module, bytes, starts);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(wasm_codemap_find(&module, others[i], &site));
    module.codemap.func_count = 0;
    assert_false(wasm_codemap_find(&module, 0, &site));
}

// ---- Reference maps ----

static void
reads_reference_maps(void **state)
{
    (void)state;
    uint8_t bytes[WASM_REFS_MAX_BYTES(SLOT_COUNT)];
    for (uint32_t count = 0; count <= SLOT_COUNT; count++) {
        wasm_codemap_encode_refs(bytes, slots + SLOT_COUNT - count, count);
        struct wasm_ref_cursor cursor = wasm_codemap_refs(bytes);
        int32_t disp;
        for (uint32_t i = 0; i < count; i++) {
            assert_true(wasm_codemap_next_ref(&cursor, &disp));
            assert_int_equal(disp, slots[SLOT_COUNT - count + i]);
        }
        assert_false(wasm_codemap_next_ref(&cursor, &disp));
    }
}

static void
sites_carry_their_map(void **state)
{
    (void)state;
    uint8_t bytes[SITE_COUNT * SITE_ROOM];
    uint32_t starts[FUNC_COUNT + 1];
    struct wasm_module module;
    struct wasm_site site;
    encode(&module, bytes, starts);
    assert_true(wasm_codemap_find(&module, 90, &site));
    struct wasm_ref_cursor cursor = wasm_codemap_refs(site.refs);
    int32_t disp;
    for (uint32_t i = 0; i < SLOT_COUNT; i++)
        assert_true(wasm_codemap_next_ref(&cursor, &disp) && disp == slots[i]);
    assert_false(wasm_codemap_next_ref(&cursor, &disp));
    assert_true(wasm_codemap_find(&module, 0, &site));
    assert_null(site.refs);
}

// ---- Handlers ----

static struct wasm_handler handlers[] = {
    {.func = 0, .lo = 10, .hi = 20, .tag = 1, .landing = 1},
    {.func = 0, .lo = 5, .hi = 96, .tag = WASM_HANDLER_ALL, .landing = 2},
    {.func = 2, .lo = 1000, .hi = 1010, .tag = 0, .landing = 3},
    {.func = 2, .lo = 1004, .hi = 1008, .tag = 2, .landing = 4},
};

// The landings of the handlers that cover a return address, as decimal digits in order.
static uint32_t
covering(const struct wasm_module *module, uint32_t code_offset)
{
    uint32_t index = 0, landings = 0;
    const struct wasm_handler *handler;
    while ((handler = wasm_codemap_handler(module, code_offset, &index)))
        landings = landings * 10 + handler->landing;
    return landings;
}

static void
finds_handlers_that_cover(void **state)
{
    (void)state;
    struct wasm_module module = {
        .entries = entries,
        .codemap = {.func_count = FUNC_COUNT, .handlers = handlers, .handler_count = 4}};
    static const uint32_t expected[][2] = {
        {0, 0},     {5, 0},     {6, 2},    {10, 2},   {11, 12},  {20, 12},
        {21, 2},    {96, 2},    {97, 0},   {1000, 0}, {1001, 3}, {1004, 3},
        {1005, 34}, {1008, 34}, {1009, 3}, {1010, 3}, {1011, 0}, {UINT32_MAX, 0},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_int_equal(covering(&module, expected[i][0]), expected[i][1]);
    module.codemap.handler_count = 0;
    assert_int_equal(covering(&module, 11), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(finds_nothing_elsewhere),
        cmocka_unit_test(reads_reference_maps),
        cmocka_unit_test(sites_carry_their_map),
        cmocka_unit_test(finds_handlers_that_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
