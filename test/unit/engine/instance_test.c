// SPDX-License-Identifier: Apache-2.0
//
// Linking and instantiation, and the bulk operations on what an instance has.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/store.h"
#include "test/unit/engine/fixture.h"

static struct fixture f;

static int
setup(void **state)
{
    (void)state;
    fixture_init(&f);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    fixture_fini(&f);
    return 0;
}

static enum wasm_error_code
try_instantiate(const struct wasm_module *module, const struct wasm_extern *imports,
                uint32_t count)
{
    struct wasm_instance *instance;
    return wasm_instance_create(f.store, module, imports, count, &instance, &f.trap,
                                &f.error);
}

static struct wasm_instance *
instantiate(const struct builder *b)
{
    return fixture_instantiate(&f, fixture_module(&f, b), NULL, 0);
}

// ---- Links ----

struct import_case {
    uint8_t contents[16];
    size_t len;
    enum wasm_kind given;
    const char *message; // NULL: it links
};
#define IMPORT(given, message, ...)                                                      \
    {{1, 1, 'm', 1, 'x', __VA_ARGS__},                                                   \
     5 + sizeof((uint8_t[]){__VA_ARGS__}),                                               \
     given,                                                                              \
     message}

// Against: function (i32) -> (f64), funcref table of 2 to 4, memory of 1 to 2, mutable
// i64.
static const struct import_case import_cases[] = {
    IMPORT(WASM_KIND_FUNC, NULL, 0, 0),
    IMPORT(WASM_KIND_FUNC,
           "incompatible import type: \"m\" \"x\": expected function (i32), given "
           "function (i32) -> (f64)",
           0, 1),
    IMPORT(
        WASM_KIND_TABLE,
        "incompatible import type: \"m\" \"x\": expected function (i32) -> (f64), given "
        "funcref table of 2 to 4",
        0, 0),
    IMPORT(WASM_KIND_TABLE, NULL, 1, 0x70, 0, 2),
    IMPORT(WASM_KIND_TABLE, NULL, 1, 0x70, 1, 1, 4),
    IMPORT(WASM_KIND_TABLE, "incompatible import type", 1, 0x70, 1, 1, 3),
    IMPORT(WASM_KIND_TABLE, "incompatible import type", 1, 0x70, 0, 3),
    IMPORT(WASM_KIND_TABLE, "incompatible import type", 1, 0x6f, 0, 2),
    IMPORT(WASM_KIND_MEMORY, NULL, 2, 1, 0, 2),
    IMPORT(
        WASM_KIND_MEMORY,
        "incompatible import type: \"m\" \"x\": expected memory of 2, given memory of 1 "
        "to 2",
        2, 0, 2),
    IMPORT(WASM_KIND_MEMORY, "incompatible import type", 2, 1, 0, 1),
    IMPORT(WASM_KIND_GLOBAL, NULL, 3, 0x7e, 1),
    IMPORT(WASM_KIND_GLOBAL,
           "incompatible import type: \"m\" \"x\": expected immutable global i64, given "
           "mutable global i64",
           3, 0x7e, 0),
    IMPORT(WASM_KIND_GLOBAL, "incompatible import type", 3, 0x7f, 1),
};

static void
unused(void)
{
}

static void
make_externs(struct wasm_extern out[4])
{
    struct wasm_functype type = {1, 1,
                                 (const wasm_type_t[]){WASM_TYPE_I32, WASM_TYPE_F64}};
    out[0] = fixture_func(&f, &type, unused, NULL);
    out[1] = fixture_table(&f, WASM_TYPE_FUNCREF, 2, 4);
    out[2] = fixture_memory(&f, 1, 2);
    out[3] = fixture_global(&f, WASM_TYPE_I64, true, 5);
}

static void
checks_imports(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(import_cases) / sizeof(import_cases[0]); i++) {
        const struct import_case *k = &import_cases[i];
        struct builder b;
        builder_init(&b);
        builder_section(&b, 1, BYTES(2, 0x60, 1, 0x7f, 1, 0x7c, 0x60, 1, 0x7f, 0));
        builder_section(&b, 2, k->contents, k->len);
        fixture_init(&f);
        struct wasm_module *module = fixture_module(&f, &b);
        struct wasm_extern given[4];
        make_externs(given);
        assert_int_equal(try_instantiate(module, &given[k->given], 1),
                         k->message ? WASM_UNLINKABLE : WASM_OK);
        if (k->message)
            assert_memory_equal(f.error.message, k->message, strlen(k->message));
        fixture_fini(&f);
    }
}

static void
names_missing_imports(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 2, BYTES(1, 3, 'e', 'n', 'v', 1, 'g', 3, 0x7f, 0));
    assert_int_equal(try_instantiate(fixture_module(&f, &b), NULL, 0), WASM_UNLINKABLE);
    assert_string_equal(f.error.message, "unknown import: global \"env\" \"g\"");
}

// ---- Instantiation ----

static void
evaluates_globals(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 6,
                    BYTES(4,                                        //
                          0x7f, 0, 0x41, 7, 0x0b,                   //
                          0x7f, 0, 0x23, 0, 0x41, 0x7d, 0x6c, 0x0b, // 7 * -3
                          0x7e, 0, 0x42, 5, 0x42, 7, 0x7d, 0x0b,    // 5 - 7
                          0x7d, 1, 0x43, 0, 0, 0xc0, 0x7f, 0x0b));
    builder_section(&b, 7, BYTES(3, 1, 'a', 3, 1, 1, 'b', 3, 2, 1, 'c', 3, 3));
    struct wasm_instance *instance = instantiate(&b);
    assert_ptr_equal(wasm_instance_module(instance), f.modules[0]);
    assert_int_equal((int32_t)wasm_global_value(fixture_export(instance, "a").global).i32,
                     -21);
    assert_int_equal((int64_t)wasm_global_value(fixture_export(instance, "b").global).i64,
                     -2);
    assert_int_equal(wasm_global_value(fixture_export(instance, "c").global).i64,
                     0x7fc00000);
    assert_int_equal(wasm_global_valtype(fixture_export(instance, "c").global),
                     WASM_TYPE_F32);
    struct wasm_extern none;
    assert_false(wasm_instance_export(instance, "d", 1, &none));
}

// Memory of one page; table of 4; passive data "abcd"; passive elements null, null.
static void
build_bulk(struct builder *b)
{
    builder_init(b);
    builder_section(b, 4, BYTES(2, 0x70, 0, 4, 0x6f, 0, 8));
    builder_section(b, 5, BYTES(1, 0, 1));
    builder_section(b, 7, BYTES(2, 1, 'm', 2, 0, 1, 't', 1, 1));
    builder_section(b, 9, BYTES(1, 5, 0x6f, 2, 0xd0, 0x6f, 0x0b, 0xd0, 0x6f, 0x0b));
    builder_section(b, 11, BYTES(1, 1, 4, 'a', 'b', 'c', 'd'));
}

// ---- Bulk operations: builtins, called as generated code would ----

enum bulk_op {
    MEMORY_COPY,
    MEMORY_FILL,
    MEMORY_INIT,
    TABLE_FILL,
    TABLE_COPY,
    TABLE_INIT,
};

static struct bulk {
    struct wasm_instance *instance;
    enum bulk_op op;
    uint64_t to, from, len;
} bulk;

static void
run_bulk(struct bulk *b)
{
    struct wasm_instance *i = b->instance;
    const struct wasm_builtins *ops = i->builtins;
    uint32_t from = (uint32_t)b->from, len = (uint32_t)b->len;
    switch (b->op) {
    case MEMORY_COPY:
        ops->memory_copy(i, 0, 0, b->to, b->from, b->len);
        break;
    case MEMORY_FILL:
        ops->memory_fill(i, 0, b->to, from, b->len);
        break;
    case MEMORY_INIT:
        ops->memory_init(i, 0, 0, b->to, from, len);
        break;
    case TABLE_FILL:
        ops->table_fill(i, 1, b->to, &f, b->len);
        break;
    case TABLE_COPY:
        ops->table_copy(i, 1, 1, b->to, b->from, b->len);
        break;
    case TABLE_INIT:
        ops->table_init(i, 0, 1, b->to, from, len);
        break;
    }
}

// The code of the trap, or 0.
static enum wasm_trap_code
attempt(enum bulk_op op, uint64_t to, uint64_t from, uint64_t len)
{
    struct wasm_functype type = {0};
    struct wasm_extern made = fixture_func(&f, &type, (void (*)(void))run_bulk, &bulk);
    bulk = (struct bulk){bulk.instance, op, to, from, len};
    if (wasm_func_invoke(f.store, made.func, NULL, NULL, &f.trap) == WASM_OK)
        return WASM_TRAP_NONE;
    return f.trap.code;
}

static void
checks_bulk_memory(void **state)
{
    (void)state;
    struct builder b;
    build_bulk(&b);
    struct wasm_instance *i = bulk.instance = instantiate(&b);
    uint8_t *bytes = wasm_memory_base(fixture_export(i, "m").memory);
    const uint32_t end = WASM_PAGE_SIZE, oob = WASM_TRAP_MEMORY_BOUNDS;

    assert_int_equal(attempt(MEMORY_INIT, end - 4, 0, 4), 0);
    assert_memory_equal(bytes + end - 4, "abcd", 4);
    assert_int_equal(attempt(MEMORY_INIT, end - 3, 0, 4), oob);
    assert_int_equal(attempt(MEMORY_INIT, 0, 1, 4), oob);
    assert_int_equal(attempt(MEMORY_INIT, 0, UINT32_MAX, 2), oob);
    assert_int_equal(attempt(MEMORY_INIT, UINT64_MAX, 0, 2), oob);
    i->builtins->data_drop(i, 0);
    assert_int_equal(attempt(MEMORY_INIT, 0, 0, 1), oob);
    assert_int_equal(attempt(MEMORY_INIT, end, 0, 0), 0);
    assert_int_equal(attempt(MEMORY_INIT, end + 1, 0, 0), oob);

    assert_int_equal(attempt(MEMORY_FILL, 0, 0x1ff, end), 0);
    assert_int_equal(bytes[end - 1], 0xff);
    assert_int_equal(attempt(MEMORY_FILL, 1, 0, end), oob);
    assert_int_equal(attempt(MEMORY_FILL, 0x80000000, 0, 0x80000000), oob);
    assert_int_equal(attempt(MEMORY_FILL, UINT32_MAX, 0, UINT32_MAX), oob);
    assert_int_equal(attempt(MEMORY_FILL, UINT64_MAX, 0, 2), oob);
    assert_int_equal(attempt(MEMORY_FILL, 2, 0, UINT64_MAX), oob);
    assert_int_equal(bytes[1], 0xff);

    bytes[0] = 1;
    assert_int_equal(attempt(MEMORY_COPY, 1, 0, end - 1), 0);
    assert_int_equal(bytes[1], 1);
    assert_int_equal(attempt(MEMORY_COPY, 0, 1, end), oob);
    assert_int_equal(attempt(MEMORY_COPY, 1, 0, end), oob);
    assert_int_equal(attempt(MEMORY_COPY, UINT32_MAX, 0, 1), oob);
    assert_int_equal(i->builtins->memory_grow(i, 0, 1), 1);
    assert_int_equal(attempt(MEMORY_COPY, end, 0, end), 0);
    assert_true(i->builtins->memory_grow(i, 0, UINT64_MAX) == UINT64_MAX);
}

static void
checks_bulk_table(void **state)
{
    (void)state;
    struct builder b;
    build_bulk(&b);
    struct wasm_instance *i = bulk.instance = instantiate(&b);
    const struct wasm_table *table = fixture_export(i, "t").table;
    const uint32_t oob = WASM_TRAP_TABLE_BOUNDS;
    union wasm_value value;

    assert_int_equal(attempt(TABLE_FILL, 2, 0, 6), 0);
    assert_int_equal(attempt(TABLE_FILL, 2, 0, 7), oob);
    assert_int_equal(attempt(TABLE_FILL, UINT32_MAX, 0, UINT32_MAX), oob);
    assert_int_equal(attempt(TABLE_FILL, 1, 0, UINT64_MAX), oob);
    assert_int_equal(attempt(TABLE_COPY, 0, 1, 7), 0);
    assert_true(wasm_table_elem(table, 0, &value) && value.ref == NULL);
    assert_true(wasm_table_elem(table, 1, &value) && value.ref == &f);
    assert_int_equal(attempt(TABLE_COPY, 1, 0, 8), oob);
    assert_int_equal(attempt(TABLE_COPY, 0, 1, 8), oob);
    assert_int_equal(attempt(TABLE_INIT, 6, 0, 2), 0);
    assert_true(wasm_table_elem(table, 7, &value) && value.ref == NULL);
    assert_int_equal(attempt(TABLE_INIT, 7, 0, 2), oob);
    assert_int_equal(attempt(TABLE_INIT, 0, 1, 2), oob);
    i->builtins->elem_drop(i, 0);
    assert_int_equal(attempt(TABLE_INIT, 0, 0, 1), oob);
    assert_int_equal(attempt(TABLE_INIT, 8, 0, 0), 0);
    assert_int_equal(attempt(TABLE_INIT, 9, 0, 0), oob);
    assert_int_equal(i->builtins->table_grow(i, 1, &f, 2), 8);
    assert_int_equal(wasm_table_len(table), 10);
    assert_true(wasm_table_elem(table, 9, &value) && value.ref == &f);
}

static void
keeps_what_a_trap_left(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 'x', 2, 0, 1));
    builder_section(&b, 11,
                    BYTES(2, 0, 0x41, 1, 0x0b, 1, 'x', //
                          0, 0x41, 0xff, 0xff, 3, 0x0b, 2, 'y', 'z'));
    struct wasm_extern given[4];
    make_externs(given);
    assert_int_equal(try_instantiate(fixture_module(&f, &b), &given[2], 1), WASM_TRAP);
    assert_int_equal(f.trap.code, WASM_TRAP_MEMORY_BOUNDS);
    assert_memory_equal(f.error.message, "out of bounds memory access", 27);
    assert_int_equal(wasm_memory_base(given[2].memory)[1], 'x');
    assert_int_equal(wasm_memory_base(given[2].memory)[65535], 0);
}

static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t k = 1; code != WASM_OK; k++) {
        fixture_init(&f);
        struct wasm_functype type = {2, 2,
                                     (const wasm_type_t[]){WASM_TYPE_I32, WASM_TYPE_I64,
                                                           WASM_TYPE_F32, WASM_TYPE_F64}};
        struct wasm_extern given[4] = {fixture_func(&f, &type, unused, NULL),
                                       fixture_table(&f, WASM_TYPE_FUNCREF, 2, 2),
                                       fixture_global(&f, WASM_TYPE_I32, false, 0),
                                       fixture_global(&f, WASM_TYPE_I64, true, 0)};
        f.port.fail_at = f.port.requests + k;
        struct wasm_module *module;
        code = wasm_module_create(&f.port.port, b.bytes, b.len, &module, &f.error);
        if (code == WASM_OK) {
            f.modules[f.module_count++] = module;
            code = try_instantiate(module, given, 4);
        }
        if (code != WASM_OK) {
            assert_int_equal(code, WASM_NO_MEMORY);
            assert_memory_equal(f.error.message, "out of memory", 13);
        }
        fixture_fini(&f);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_imports),
        TEST(names_missing_imports),
        TEST(evaluates_globals),
        TEST(checks_bulk_memory),
        TEST(checks_bulk_table),
        TEST(keeps_what_a_trap_left),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
