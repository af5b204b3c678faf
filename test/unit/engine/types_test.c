// SPDX-License-Identifier: Apache-2.0
//
// Recursive types: which are equal, how they match, where their fields stand; in a module
// and between the modules of a store.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/store.h"
#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

// 0: sub (struct i8 mut, i64, i16)          1: sub 0 (struct the same, and (ref null 1))
// 2, 3: rec (func (ref 3)) (func (ref 2))   4, 5: the same again
// 6, 7: rec (func (ref 2)) (func (ref 2)), which looks the same from afar
// 8: array mut i16                          9: func (ref null 0) -> (ref func)
static const uint8_t types[] = {
    8,                                                          //
    0x50, 0,    0x5f, 3,    0x78, 1,    0x7e, 0,    0x77, 0,    // 0
    0x50, 1,    0,    0x5f, 4,    0x78, 1,    0x7e, 0,    0x77, // 1
    0,    0x63, 1,    0,                                        //
    0x4e, 2,    0x60, 1,    0x64, 3,    0,    0x60, 1,    0x64, // 2, 3
    2,    0,                                                    //
    0x4e, 2,    0x60, 1,    0x64, 5,    0,    0x60, 1,    0x64, // 4, 5
    4,    0,                                                    //
    0x4e, 2,    0x60, 1,    0x64, 2,    0,    0x60, 1,    0x64, // 6, 7
    2,    0,                                                    //
    0x5e, 0x77, 1,                                              // 8
    0x60, 1,    0x63, 0,    1,    0x64, 0x70,                   // 9
    0x4e, 0,                                                    // an empty group
};

static struct wasm_module *
decode(struct test_port *port, struct builder *b)
{
    struct wasm_module *module = NULL;
    struct wasm_error error = {.message = ""};
    enum wasm_error_code code =
        wasm_module_decode(&port->port, b->bytes, b->len, &module, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(code, WASM_OK);
    return module;
}

static void
equal_groups_are_one(void **state)
{
    (void)state;
    struct test_port port;
    struct builder b;
    test_port_init(&port);
    builder_init(&b);
    builder_section(&b, 1, types, sizeof(types));
    struct wasm_module *m = decode(&port, &b);
    assert_int_equal(m->type_count, 10);
    static const uint32_t canon[] = {0, 1, 2, 3, 2, 3, 6, 7, 8, 9};
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(m->types[i].canon, canon[i]);
    assert_true(wasm_heap_matches(m, 4, 2));
    assert_false(wasm_heap_matches(m, 6, 2));
    assert_true(wasm_heap_matches(m, 1, 0));
    assert_false(wasm_heap_matches(m, 0, 1));
    assert_true(wasm_heap_matches(m, 1, WASM_HEAP_EQ));
    assert_true(wasm_heap_matches(m, WASM_HEAP_NONE, 8));
    assert_false(wasm_heap_matches(m, WASM_HEAP_NOFUNC, 8));
    assert_true(wasm_heap_matches(m, WASM_HEAP_NOFUNC, 9));
    assert_false(wasm_type_matches(m, wasm_type_ref(1, true), wasm_type_ref(0, false)));
    assert_int_equal(wasm_heap_top(m, 9), WASM_HEAP_FUNC);
    assert_int_equal(wasm_heap_abstract(m, 8), WASM_HEAP_ARRAY);
    wasm_module_destroy(m);
    assert_int_equal(port.live, 0);
}

static void
fields_stand_at_their_alignment(void **state)
{
    (void)state;
    struct test_port port;
    struct builder b;
    test_port_init(&port);
    builder_init(&b);
    builder_section(&b, 1, types, sizeof(types));
    struct wasm_module *m = decode(&port, &b);
    static const uint32_t offsets[] = {16, 24, 32, 40};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(m->types[1].fields[i].offset, offsets[i]);
    assert_int_equal(m->types[0].size, 34);
    assert_int_equal(m->types[1].size, 48);
    assert_int_equal(m->types[1].depth, 1);
    assert_int_equal(m->types[8].size, 2);
    wasm_module_destroy(m);
}

static void
stores_share_equal_types(void **state)
{
    (void)state;
    struct test_port port;
    struct builder a, b;
    test_port_init(&port);
    builder_init(&a);
    builder_section(&a, 1, types, sizeof(types));
    builder_init(&b); // an unrelated type, and then the pair
    builder_section(
        &b, 1, BYTES(2, 0x60, 0, 0, 0x4e, 2, 0x60, 1, 0x64, 2, 0, 0x60, 1, 0x64, 1, 0));
    struct wasm_module *first = decode(&port, &a);
    struct wasm_module *second = decode(&port, &b);
    struct wasm_store *store;
    struct wasm_store_config config = {0};
    assert_int_equal(wasm_store_create(&port.port, &config, &store), WASM_OK);
    const struct wasm_rtt *x[10], *y[3];
    assert_true(wasm_rtts_intern_module(store, first, x));
    assert_true(wasm_rtts_intern_module(store, second, y));
    assert_ptr_equal(y[1], x[2]);
    assert_ptr_equal(y[2], x[3]);
    assert_ptr_equal(x[4], x[2]);
    assert_ptr_not_equal(x[6], x[2]);
    assert_true(wasm_rtt_matches(x[1], x[0]));
    assert_false(wasm_rtt_matches(x[0], x[1]));
    assert_int_equal(x[1]->fields[3].type, wasm_type_ref(x[1]->id, true));
    assert_int_equal(x[9]->shown[0], wasm_type_ref(WASM_HEAP_STRUCT, true));
    assert_int_equal(x[9]->func.types[0], wasm_rtt_type(x, wasm_type_ref(0, true)));
    struct wasm_functype none = {0};
    assert_ptr_equal(wasm_rtt_of_functype(store, &none), y[0]);
    assert_true(wasm_store_type_matches(store, wasm_type_ref(x[1]->id, false),
                                        wasm_type_ref(x[0]->id, true)));
    assert_true(
        wasm_store_type_matches(store, wasm_type_ref(x[9]->id, true), WASM_TYPE_FUNCREF));
    assert_false(
        wasm_store_type_matches(store, WASM_TYPE_FUNCREF, wasm_type_ref(x[9]->id, true)));
    wasm_store_destroy(store);
    wasm_module_destroy(first);
    wasm_module_destroy(second);
    assert_int_equal(port.live, 0);
}

// `depth` structures, each below the one before.
static enum wasm_error_code
decode_chain(uint32_t depth)
{
    static uint8_t chain[512];
    size_t len = 0;
    chain[len++] = (uint8_t)(depth + 1);
    memcpy(chain + len, (uint8_t[]){0x50, 0, 0x5f, 0}, 4);
    len += 4;
    for (uint32_t i = 0; i < depth; i++) {
        memcpy(chain + len, (uint8_t[]){0x50, 1, (uint8_t)i, 0x5f, 0}, 5);
        len += 5;
    }
    struct test_port port;
    struct builder b;
    struct wasm_module *module = NULL;
    struct wasm_error error;
    test_port_init(&port);
    builder_init(&b);
    builder_section(&b, 1, chain, len);
    enum wasm_error_code code =
        wasm_module_decode(&port.port, b.bytes, b.len, &module, &error);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
    return code;
}

static void
limits_the_depth_of_subtyping(void **state)
{
    (void)state;
    assert_int_equal(decode_chain(WASM_LIMIT_SUBTYPING), WASM_OK);
    assert_int_equal(decode_chain(WASM_LIMIT_SUBTYPING + 1), WASM_UNSUPPORTED);
}

static void
survives_any_byte_and_failed_allocation(void **state)
{
    (void)state;
    struct test_port port;
    struct builder b;
    test_port_init(&port);
    builder_init(&b);
    builder_section(&b, 1, types, sizeof(types));
    struct wasm_module *module;
    struct wasm_error error;
    for (size_t at = 8; at < b.len; at++) {
        uint8_t good = b.bytes[at];
        for (unsigned byte = 0; byte < 256; byte++) {
            b.bytes[at] = (uint8_t)byte;
            module = NULL;
            (void)!wasm_module_decode(&port.port, b.bytes, b.len, &module, &error);
            wasm_module_destroy(module);
            assert_int_equal(port.live, 0);
        }
        b.bytes[at] = good;
    }
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t fail_at = 1; code != WASM_OK; fail_at++) {
        port.requests = 0;
        port.fail_at = fail_at;
        module = NULL;
        code = wasm_module_decode(&port.port, b.bytes, b.len, &module, &error);
        assert_true(code == WASM_OK || code == WASM_NO_MEMORY);
        wasm_module_destroy(module);
        assert_int_equal(port.live, 0);
    }
}

static void
shows_types(void **state)
{
    (void)state;
    const struct {
        wasm_type_t type;
        const char *text;
    } shown[] = {
        {WASM_TYPE_V128, "v128"},
        {WASM_TYPE_EXNREF, "exnref"},
        {wasm_type_ref(WASM_HEAP_NOEXTERN, true), "nullexternref"},
        {wasm_type_ref(WASM_HEAP_I31, false), "(ref i31)"},
        {wasm_type_ref(7, true), "(ref null 7)"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        assert_string_equal(wasm_type_show(shown[i].type, text, sizeof(text)),
                            shown[i].text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_groups_are_one),
        cmocka_unit_test(fields_stand_at_their_alignment),
        cmocka_unit_test(stores_share_equal_types),
        cmocka_unit_test(limits_the_depth_of_subtyping),
        cmocka_unit_test(survives_any_byte_and_failed_allocation),
        cmocka_unit_test(shows_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
