// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/export.h"
#include "engine/names.h"
#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

// Decodes from a block of exactly that length, so that a sanitizer sees reads beyond it.
static enum wasm_error_code
decode(struct test_port *port, const uint8_t *bytes, size_t len, struct wasm_module **out,
       struct wasm_error *error)
{
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, bytes, len);
    enum wasm_error_code code = wasm_module_decode(&port->port, exact, len, out, error);
    if (code == WASM_OK)
        wasm_module_destroy(*out);
    free(exact);
    return code;
}

static void
expect(const struct builder *b, enum wasm_error_code code, const char *message)
{
    struct test_port port;
    test_port_init(&port);
    struct wasm_module *module;
    struct wasm_error error = {.message = ""};
    assert_int_equal(decode(&port, b->bytes, b->len, &module, &error), code);
    if (strncmp(error.message, message, strlen(message)) != 0)
        assert_string_equal(error.message, message);
    assert_int_equal(port.live, 0);
}

static void
accepts_everything(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    expect(&b, WASM_OK, "");
    builder_everything(&b);
    expect(&b, WASM_OK, "");
}

static void
tells_what_it_found(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    struct test_port port;
    struct wasm_module *module;
    assert_int_equal(
        wasm_module_decode(test_port_init(&port), b.bytes, b.len, &module, NULL),
        WASM_OK);

    assert_int_equal(wasm_module_import_count(module), 4);
    struct wasm_import import;
    wasm_module_import(module, 0, &import);
    assert_int_equal(import.type.kind, WASM_KIND_FUNC);
    assert_int_equal(import.type.functype.param_count, 2);
    assert_int_equal(import.type.functype.result_count, 2);
    assert_memory_equal(import.type.functype.types,
                        ((wasm_type_t[]){0x7f, 0x7e, 0x7d, 0x7c}),
                        4 * sizeof(wasm_type_t));
    wasm_module_import(module, 3, &import);
    assert_int_equal(import.name.len, 2);
    assert_true(import.type.is_mutable);

    assert_int_equal(wasm_module_export_count(module), 4);
    struct wasm_export export;
    wasm_module_export(module, 1, &export);
    assert_int_equal(export.type.kind, WASM_KIND_TABLE);
    assert_int_equal(export.type.limits.min, 3);
    assert_true(export.type.limits.max == UINT64_MAX);
    wasm_module_export(module, 2, &export);
    assert_int_equal(export.name.len, 0);
    assert_int_equal(export.type.limits.max, 2);

    const struct wasm_export_decl *found =
        wasm_exports_find(module, (struct wasm_name){"g", 1});
    assert_non_null(found);
    assert_int_equal(found->kind, WASM_KIND_GLOBAL);
    assert_null(wasm_exports_find(module, (struct wasm_name){"h", 1}));

    assert_memory_equal(wasm_names_func(module, 0).bytes, "in", 2);
    assert_memory_equal(wasm_names_func(module, 1).bytes, "ok", 2);
    assert_int_equal(wasm_names_func(module, 7).len, 0);
    struct wasm_module_stats stats;
    wasm_module_stats(module, &stats);
    assert_int_equal(stats.function_count, 1);
    assert_int_equal(stats.code_section_bytes, 4);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
}

struct failure {
    uint8_t section;
    uint8_t contents[16];
    size_t len;
    enum wasm_error_code code;
    const char *message;
};
#define FAILURE(id, code, message, ...)                                                  \
    {id, {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}), code, message}

// One section behind the header.
static const struct failure failures[] = {
    FAILURE(1, WASM_OK, "", 2, 0x5e, 0x78, 1, 0x4e, 0),
    FAILURE(1, WASM_OK, "", 1, 0x60, 2, 0x7b, 0x64, 0, 0),
    FAILURE(1, WASM_INVALID, "unknown type 1", 1, 0x60, 1, 0x64, 1, 0),
    FAILURE(1, WASM_INVALID, "unknown type 0", 1, 0x50, 1, 0, 0x60, 0, 0),
    FAILURE(1, WASM_INVALID, "sub type 1 does not match super type 0", 2, 0x60, 0, 0,
            0x50, 1, 0, 0x60, 0, 0),
    FAILURE(1, WASM_INVALID, "sub type 1 does not match super type 0", 2, 0x50, 0, 0x5f,
            1, 0x7f, 0, 0x50, 1, 0, 0x5f, 0),
    FAILURE(1, WASM_INVALID, "sub type with more", 1, 0x50, 2, 0, 0, 0x60, 0, 0),
    FAILURE(1, WASM_MALFORMED, "malformed mutability", 1, 0x5e, 0x78, 2),
    FAILURE(1, WASM_MALFORMED, "malformed heap type", 1, 0x60, 1, 0x64, 0x40, 0),
    FAILURE(1, WASM_MALFORMED, "malformed type form", 1, 0x40, 0, 0),
    FAILURE(1, WASM_MALFORMED, "integer representation too long", 1, 0xe0, 0x7f, 0, 0),
    FAILURE(1, WASM_MALFORMED, "malformed value type", 1, 0x60, 1, 0x40, 0),
    FAILURE(1, WASM_MALFORMED, "unexpected end", 0xff, 0xff, 0xff, 0xff, 0x0f),
    FAILURE(1, WASM_MALFORMED, "section size mismatch", 1, 0x60, 0, 0, 0),
    FAILURE(2, WASM_INVALID, "unknown type 0", 1, 0, 0, 0, 0),
    FAILURE(2, WASM_MALFORMED, "malformed import kind", 1, 0, 0, 9, 0),
    FAILURE(2, WASM_INVALID, "unknown type 0", 1, 0, 0, 4, 0, 0),
    FAILURE(2, WASM_MALFORMED, "malformed tag attribute", 1, 0, 0, 4, 1, 0),
    FAILURE(2, WASM_MALFORMED, "malformed UTF-8 encoding", 1, 1, 0xff, 0, 3, 0x7f, 0),
    FAILURE(2, WASM_MALFORMED, "malformed mutability", 1, 0, 0, 3, 0x7f, 2),
    FAILURE(3, WASM_INVALID, "unknown type 0", 1, 0),
    FAILURE(4, WASM_MALFORMED, "malformed reference type", 1, 0x7f, 0, 0),
    FAILURE(4, WASM_MALFORMED, "malformed limits flags", 1, 0x70, 8, 0),
    FAILURE(4, WASM_MALFORMED, "malformed limits flags", 1, 0x70, 3, 0, 1),
    FAILURE(4, WASM_OK, "", 1, 0x70, 5, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 1),
    FAILURE(4, WASM_INVALID, "type mismatch", 1, 0x64, 0x70, 0, 0),
    FAILURE(4, WASM_INVALID, "size minimum must not be greater than maximum", 1, 0x70, 1,
            2, 1),
    FAILURE(4, WASM_INVALID, "table size must be at most 2^32-1", 1, 0x70, 0, 0x80, 0x80,
            0x80, 0x80, 0x10),
    FAILURE(4, WASM_OK, "", 1, 0x70, 0, 0x80, 0x80, 0x80, 8),
    FAILURE(4, WASM_MALFORMED, "zero byte expected", 1, 0x40, 1, 0x70, 0, 0, 0xd0, 0x70,
            0x0b),
    FAILURE(5, WASM_INVALID, "memory size must be at most 65536 pages (4GiB)", 1, 0, 0x81,
            0x80, 4),
    FAILURE(5, WASM_OK, "", 3, 3, 0, 1, 0, 0, 8, 1, 0),
    FAILURE(5, WASM_INVALID, "shared memory must have maximum", 1, 2, 0),
    FAILURE(5, WASM_INVALID, "invalid custom page size", 1, 8, 1, 1),
    FAILURE(5, WASM_MALFORMED, "invalid custom page size", 1, 8, 1, 0x41),
    FAILURE(5, WASM_OK, "", 1, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xc0, 0),
    FAILURE(5, WASM_INVALID, "memory size", 1, 4, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80,
            0xc0, 0),
    FAILURE(5, WASM_INVALID, "memory size", 1, 8, 0x80, 0x80, 0x80, 0x80, 0x10, 0),
    FAILURE(6, WASM_INVALID, "type mismatch", 1, 0x7f, 0, 0x0b),
    FAILURE(6, WASM_INVALID, "type mismatch", 1, 0x7f, 0, 0x42, 0, 0x0b),
    FAILURE(6, WASM_INVALID, "type mismatch", 1, 0x7f, 0, 0x41, 0, 0x6a, 0x0b),
    FAILURE(6, WASM_INVALID, "type mismatch", 1, 0x7f, 0, 0x41, 0, 0x41, 0, 0x0b),
    FAILURE(6, WASM_INVALID, "constant expression required", 1, 0x7f, 0, 0x01, 0x0b),
    FAILURE(6, WASM_INVALID, "unknown global 0", 1, 0x7f, 0, 0x23, 0, 0x0b),
    FAILURE(6, WASM_INVALID, "unknown function 0", 1, 0x70, 0, 0xd2, 0, 0x0b),
    FAILURE(6, WASM_MALFORMED, "illegal opcode ff", 1, 0x7f, 0, 0xff, 0x0b),
    FAILURE(6, WASM_INVALID, "constant expression required", 1, 0x7b, 0, 0xfd, 0x0f,
            0x0b),
    FAILURE(6, WASM_OK, "", 1, 0x6c, 1, 0x41, 0, 0xfb, 0x1c, 0x0b),
    FAILURE(6, WASM_INVALID, "unknown type 0", 1, 0x6b, 1, 0xfb, 1, 0, 0x0b),
    FAILURE(6, WASM_INVALID, "unknown global 0", 1, 0x6e, 0, 0x23, 0, 0x0b),
    FAILURE(6, WASM_MALFORMED, "unexpected end of section or function", 1, 0x7f, 0, 0x41,
            0),
    FAILURE(7, WASM_INVALID, "unknown memory 0", 1, 0, 2, 0),
    FAILURE(7, WASM_MALFORMED, "malformed export kind", 1, 0, 9, 0),
    FAILURE(8, WASM_INVALID, "unknown function 0", 0),
    FAILURE(9, WASM_INVALID, "unknown table 0", 1, 0, 0x41, 0, 0x0b, 0),
    FAILURE(9, WASM_MALFORMED, "malformed elements segment kind", 1, 8),
    FAILURE(9, WASM_MALFORMED, "malformed element kind", 1, 1, 1, 0),
    FAILURE(10, WASM_MALFORMED, "function and code section have inconsistent lengths", 1,
            2, 0, 0x0b),
    FAILURE(11, WASM_INVALID, "unknown memory 0", 1, 0, 0x41, 0, 0x0b, 0),
    FAILURE(11, WASM_INVALID, "unknown memory 5", 1, 2, 5, 0x41, 0, 0x0b, 0),
    FAILURE(11, WASM_MALFORMED, "malformed data segment kind", 1, 3),
    FAILURE(11, WASM_MALFORMED, "unexpected end", 1, 1, 9, 'x'),
    FAILURE(12, WASM_MALFORMED, "data count and data section have inconsistent lengths",
            1),
    FAILURE(13, WASM_INVALID, "unknown type 0", 1, 0, 0),
    FAILURE(13, WASM_OK, "", 0),
    FAILURE(14, WASM_MALFORMED, "malformed section id", 0),
    FAILURE(0, WASM_MALFORMED, "length out of bounds", 1),
};

static void
names_each_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct builder b;
        builder_init(&b);
        builder_section(&b, failures[i].section, failures[i].contents, failures[i].len);
        expect(&b, failures[i].code, failures[i].message);
    }
}

static void
checks_header_and_order(void **state)
{
    (void)state;
    struct builder b = {.bytes = {0, 'a', 's', 'n', 1, 0, 0, 0}, .len = 8};
    expect(&b, WASM_MALFORMED, "magic header not detected");
    b = (struct builder){.bytes = {0, 'a', 's', 'm', 2, 0, 0, 0}, .len = 8};
    expect(&b, WASM_MALFORMED, "unknown binary version");
    b.len = 3;
    expect(&b, WASM_MALFORMED, "unexpected end");
    builder_init(&b);
    builder_section(&b, 3, BYTES(0));
    builder_section(&b, 1, BYTES(0));
    expect(&b, WASM_MALFORMED, "unexpected content after last section");
    builder_init(&b);
    builder_section(&b, 1, BYTES(0));
    builder_section(&b, 1, BYTES(0));
    expect(&b, WASM_MALFORMED, "unexpected content after last section");
    builder_init(&b);
    builder_put(&b, BYTES(1, 9));
    expect(&b, WASM_MALFORMED, "length out of bounds");
}

static void
finds_duplicate_exports(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 5, BYTES(1, 0, 0));
    builder_section(&b, 7,
                    BYTES(5, 1, 'b', 2, 0, 1, 'a', 2, 0, 2, 'a', 'a', 2, 0, 0, 2, 0, //
                          1, 'b', 2, 0));
    expect(&b, WASM_INVALID, "duplicate export name \"b\"");
}

// What a module claims must not decide what is allocated for it.
static void
memory_follows_the_bytes(void **state)
{
    (void)state;
    static const uint8_t sections[] = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11};
    for (size_t i = 0; i < sizeof(sections); i++) {
        struct builder b;
        builder_init(&b);
        builder_section(&b, sections[i], BYTES(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0));
        struct test_port port;
        test_port_init(&port);
        struct wasm_module *module;
        assert_int_not_equal(decode(&port, b.bytes, b.len, &module, NULL), WASM_OK);
        assert_true(port.heap_peak < 64 << 10);
    }
}

static void
survives_truncation(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    struct test_port port;
    test_port_init(&port);
    for (size_t len = 0; len < b.len; len++) {
        struct wasm_module *module;
        (void)decode(&port, b.bytes, len, &module, NULL);
        assert_int_equal(port.live, 0);
    }
}

static void
survives_any_byte_anywhere(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    struct test_port port;
    test_port_init(&port);
    for (size_t at = 0; at < b.len; at++) {
        uint8_t good = b.bytes[at];
        for (unsigned byte = 0; byte < 256; byte++) {
            b.bytes[at] = (uint8_t)byte;
            struct wasm_module *module;
            (void)decode(&port, b.bytes, b.len, &module, NULL);
            assert_int_equal(port.live, 0);
        }
        b.bytes[at] = good;
    }
}

static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t fail_at = 1; code != WASM_OK; fail_at++) {
        struct test_port port;
        test_port_init(&port);
        port.fail_at = fail_at;
        struct wasm_module *module;
        struct wasm_error error;
        code = decode(&port, b.bytes, b.len, &module, &error);
        assert_int_equal(port.live, 0);
        if (code != WASM_OK) {
            assert_int_equal(code, WASM_NO_MEMORY);
            assert_int_equal(error.code, WASM_NO_MEMORY);
        }
    }
}

static void
ignores_a_bad_name_section(void **state)
{
    (void)state;
    struct builder b;
    builder_everything(&b);
    builder_section(&b, 0, BYTES(4, 'n', 'a', 'm', 'e', 1, 0xff, 0xff, 3));
    expect(&b, WASM_OK, "");
    builder_everything(&b);
    builder_section(&b, 0,
                    BYTES(4, 'n', 'a', 'm', 'e', 1, 12, 0xff, 0xff, 3, 9, 1, 'x', //
                          0, 1, 0xff, 1, 1, 'y'));
    struct test_port port;
    struct wasm_module *module;
    assert_int_equal(
        wasm_module_decode(test_port_init(&port), b.bytes, b.len, &module, NULL),
        WASM_OK);
    assert_int_equal(wasm_names_func(module, 0).len, 0);
    assert_int_equal(wasm_names_func(module, 1).len, 1);
    wasm_module_destroy(module);
}

// Refused by its length alone: nothing behind the pointer is read.
static void
refuses_a_module_beyond_the_limit(void **state)
{
    (void)state;
    struct test_port port;
    test_port_init(&port);
    struct wasm_module *module;
    struct wasm_error error;
    uint8_t byte = 0;
    assert_int_equal(wasm_module_decode(&port.port, &byte,
                                        (size_t)WASM_LIMIT_MODULE_BYTES + 1, &module,
                                        &error),
                     WASM_UNSUPPORTED);
    assert_non_null(strstr(error.message, "unsupported: module of 1073741825 bytes"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_everything),
        cmocka_unit_test(tells_what_it_found),
        cmocka_unit_test(names_each_failure),
        cmocka_unit_test(checks_header_and_order),
        cmocka_unit_test(finds_duplicate_exports),
        cmocka_unit_test(memory_follows_the_bytes),
        cmocka_unit_test(survives_truncation),
        cmocka_unit_test(survives_any_byte_anywhere),
        cmocka_unit_test(survives_any_failed_allocation),
        cmocka_unit_test(ignores_a_bad_name_section),
        cmocka_unit_test(refuses_a_module_beyond_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
